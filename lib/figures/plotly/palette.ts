/**
 * The colors of all figures. Blue and red, and blue and orange, can be told apart with every common
 * form of color blindness, and in grayscale by their lightness.
 */
export const colors = {
  ink: "#1c2733",
  muted: "#667380",
  faint: "#a3adb8",
  line: "#dde3e9",
  panel: "#f4f6f8",
  paper: "#ffffff",
  /** Training, as in the article. */
  train: "#1f6fb5",
  /** Validation, as in the article. */
  validation: "#d43d2f",
  correct: "#1f6fb5",
  wrong: "#d43d2f",
  highlight: "#f4a742",
} as const;

/** A color scale from low to high. Its lightness increases, so it also works with color blindness. */
export const heat = ["#4b1238", "#8e1b3a", "#d43d2f", "#ef7f45", "#f4a742", "#ffd166"] as const;
