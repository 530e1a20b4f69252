import type { Evaluation } from "../schemas.ts";

/**
 * Describes how predictions were made: `dense at 224, 256 and 288 px with flips, 2 runs`. Returns an empty
 * string for files of older versions, which do not say.
 */
export function formatTestTime({ crops, scales, flip, shift, runs = [] }: Evaluation): string {
  if (!crops || !scales) return "";
  return [
    `${cropNames[crops]} at ${joinWithAnd(scales)} px${flip ? " with flips" : ""}`,
    ...(shift ? [`with shifts by ${shift} px`] : []),
    ...(runs.length > 1 ? [`${runs.length} runs`] : []),
  ].join(", ");
}

/** The same after a comma, or an empty string for the usual case: one center crop without flips. */
export function shortTestTime(evaluation: Evaluation): string {
  const { crops = "center", scales = [], flip = false } = evaluation;
  const isUsual = crops === "center" && scales.length < 2 && !flip;
  return isUsual ? "" : `, ${formatTestTime(evaluation)}`;
}

const cropNames = {
  center: "center",
  dense: "dense",
  multi: "multi-crop",
  both: "dense and multi-crop",
} as const;

function joinWithAnd(numbers: readonly number[]): string {
  return [numbers.slice(0, -1).join(", "), numbers.at(-1)].filter((part) => part !== "").join(
    " and ",
  );
}
