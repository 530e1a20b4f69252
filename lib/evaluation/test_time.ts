import type { Resize } from "../data/dataset.ts";
import type { RunRecord } from "../runs/run_record.ts";
import { type TestCrops, testCrops, type TestTime } from "../runs/schemas.ts";

/** What {@linkcode resolveTestTime} reads of a run. */
export type TestedRun = Pick<RunRecord, "name" | "data" | "model" | "recipe">;

/** A larger side is a slip of the hand: no image of ImageNet gains from it, and memory ends. */
const largestScale = 4096;

/**
 * Decides how a run is tested, and makes sure that it can be.
 *
 * @param asked By default the center, at the scale that the run's validation had, mirrored as well if
 *   its recipe says `flipAtTest`. Other crops are mirrored as in the paper.
 * @throws {RangeError} For crops that there are not, and scales that are no whole numbers, smaller
 *   than the network's input, given twice, or none.
 *
 * @example
 * ```ts ignore
 * resolveTestTime(run.record, { crops: "dense", scales: [224, 256, 288] }).flip; // true
 * ```
 */
export function resolveTestTime(run: TestedRun, asked: Partial<TestTime> = {}): TestTime {
  const { crops = "center", scales = [ownScale(run)] } = asked;
  if (!testCrops.includes(crops)) {
    throw new RangeError(`crops must be one of ${testCrops.join(", ")}. Received: ${crops}`);
  }
  if (scales.length === 0) throw new RangeError("scales must be one or more. Received: none");
  for (const scale of scales) requireScale(run, scale);
  if (new Set(scales).size < scales.length) {
    throw new RangeError(`scales must differ from each other. Received: ${scales.join(", ")}`);
  }
  const usual = crops === "center" ? run.recipe.flipAtTest === true : true;
  return { crops, scales, flip: asked.flip ?? usual };
}

/** The shortest side of the images that validation cut its squares out of. */
function ownScale({ data: { fit } }: TestedRun): number {
  return fit.mode === "crop" ? fit.shortestSide ?? fit.size : fit.size;
}

function requireScale({ name, model: { inputSize } }: TestedRun, scale: number): void {
  if (Number.isInteger(scale) && scale >= inputSize && scale <= largestScale) return;
  throw new RangeError(
    `scales must be whole numbers from ${inputSize}, the input's size of run ${name}, to ` +
      `${largestScale}. Received: ${scale}`,
  );
}

/** What one pass over the images shows a net of each. */
export type CropMode = Exclude<TestCrops, "both">;

/** One pass over the images: what is seen of them, at which scale, for which share of the whole. */
export interface Pass {
  readonly crops: CropMode;
  readonly scale: number;
  readonly share: number;
}

/** The passes over the images that a run's test takes; their shares add up to 1. */
export function passesOf({ crops, scales }: TestTime): Pass[] {
  const modes: CropMode[] = crops === "both" ? ["dense", "multi"] : [crops];
  const share = 1 / (scales.length * modes.length);
  return scales.flatMap((scale) => modes.map((crops) => ({ crops, scale, share })));
}

/**
 * How images are prepared for a pass. A run that was trained on squashed images is tested on
 * squashed ones; others on images of that shortest side, whole where more than the middle is seen.
 */
export function resizeForPass(
  { data: { fit }, model }: TestedRun,
  { crops: glance, scale }: Pass,
): Resize {
  if (fit.mode === "stretch") return { mode: "stretch", size: scale };
  if (glance !== "center") return { mode: "shortest-side", size: scale };
  return { mode: "crop", size: model.inputSize, shortestSide: scale };
}
