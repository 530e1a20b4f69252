import type { Evaluation } from "../schemas.ts";

/**
 * How predictions were made, in a few words: `dense at 224, 256 and 288 px with flips, 2 runs`;
 * nothing for files of old, which do not say.
 */
export function formatTestTime({ crops, scales, flip, runs = [] }: Evaluation): string {
  if (!crops || !scales) return "";
  return [
    `${shown[crops]} at ${listed(scales)} px${flip ? " with flips" : ""}`,
    ...(runs.length > 1 ? [`${runs.length} runs`] : []),
  ].join(", ");
}

/** The same after a comma where it is not what everybody expects, one look at the center; else nothing. */
export function shortTestTime(evaluation: Evaluation): string {
  const { crops = "center", scales = [], flip = false } = evaluation;
  const isUsual = crops === "center" && scales.length < 2 && !flip;
  return isUsual ? "" : `, ${formatTestTime(evaluation)}`;
}

const shown = {
  center: "center",
  dense: "dense",
  multi: "multi-crop",
  both: "dense and multi-crop",
} as const;

function listed(numbers: readonly number[]): string {
  return [numbers.slice(0, -1).join(", "), numbers.at(-1)].filter((part) => part !== "").join(
    " and ",
  );
}
