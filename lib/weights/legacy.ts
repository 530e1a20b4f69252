/** The names of {@linkcode Resize}'s modes in files before 0.2. */
const OLD_MODES: Readonly<Record<string, string>> = {
  squash: "stretch",
  shortest: "shortest-side",
};

/** The current name of a resize mode that a file names. */
export function currentMode(mode: unknown): unknown {
  return typeof mode === "string" && Object.hasOwn(OLD_MODES, mode) ? OLD_MODES[mode] : mode;
}
