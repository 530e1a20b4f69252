import type { Fit } from "../data/dataset.ts";
import { OptionError } from "../errors.ts";
import type { RunRecord } from "../training/run_record.ts";
import { type TestCrops, testCrops, type TestTime } from "../training/run_files.ts";

/** What {@linkcode resolveTestTime} reads of a run. */
export type TestedRun = Pick<RunRecord, "name" | "data" | "model" | "recipe">;

/** A larger side is a slip of the hand: no picture of ImageNet gains from it, and memory ends. */
const largestScale = 4096;

/**
 * Decides how a run is tested, and makes sure that it can be.
 *
 * @param asked By default the center, at the scale that the run's validation had, mirrored as well if
 *   its recipe says `flipAtTest`. Other crops are mirrored as in the paper.
 * @throws {OptionError} For crops that there are not, and scales that are no whole numbers, smaller
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
    throw new OptionError(`crops must be one of ${testCrops.join(", ")}. Received: ${crops}`);
  }
  if (scales.length === 0) throw new OptionError("scales must be one or more. Received: none");
  for (const scale of scales) requireScale(run, scale);
  if (new Set(scales).size < scales.length) {
    throw new OptionError(`scales must differ from each other. Received: ${scales.join(", ")}`);
  }
  const usual = crops === "center" ? run.recipe.flipAtTest === true : true;
  return { crops, scales, flip: asked.flip ?? usual };
}

/** The shortest side of the pictures that validation cut its squares out of. */
function ownScale({ data: { fit } }: TestedRun): number {
  return fit.mode === "crop" ? fit.shortestSide ?? fit.size : fit.size;
}

function requireScale({ name, model: { inputSize } }: TestedRun, scale: number): void {
  if (Number.isInteger(scale) && scale >= inputSize && scale <= largestScale) return;
  throw new OptionError(
    `scales must be whole numbers from ${inputSize}, the input's size of run ${name}, to ` +
      `${largestScale}. Received: ${scale}`,
  );
}

/** What one pass over the pictures shows a net of each. */
export type Glance = Exclude<TestCrops, "both">;

/** One pass over the pictures: what is seen of them, at which scale, for which share of the whole. */
export interface Pass {
  readonly glance: Glance;
  readonly scale: number;
  readonly share: number;
}

/** The passes over the pictures that a run's test takes; their shares add up to 1. */
export function passesOf({ crops, scales }: TestTime): Pass[] {
  const glances: Glance[] = crops === "both" ? ["dense", "multi"] : [crops];
  const share = 1 / (scales.length * glances.length);
  return scales.flatMap((scale) => glances.map((glance) => ({ glance, scale, share })));
}

/**
 * How pictures are prepared for a pass. A run that was trained on squashed pictures is tested on
 * squashed ones; others on pictures of that shortest side, whole where more than the middle is seen.
 */
export function fitFor({ data: { fit }, model }: TestedRun, { glance, scale }: Pass): Fit {
  if (fit.mode === "squash") return { mode: "squash", size: scale };
  if (glance !== "center") return { mode: "shortest", size: scale };
  return { mode: "crop", size: model.inputSize, shortestSide: scale };
}
