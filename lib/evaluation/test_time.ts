import type { Resize } from "../data/dataset.ts";
import { OptionError } from "../errors.ts";
import type { RunRecord } from "../runs/run_record.ts";
import { type TestCrops, testCrops, type TestTime } from "../runs/schemas.ts";

/** The part of a run's record that {@linkcode resolveTestTime} reads. */
export interface TestedRun {
  /** What messages call it. */
  readonly name: string;
  readonly data: Pick<RunRecord["data"], "fit" | "normalization">;
  readonly model: RunRecord["model"];
  readonly recipe: { readonly [setting: string]: unknown };
}

/** A larger scale is probably a typing error: ImageNet's images are smaller, and memory runs out. */
const maxScale = 4096;

/**
 * Resolves and validates how a run is tested.
 *
 * @param asked Default: the center at the scale of the run's validation, mirrored if its recipe says
 *   `flipAtTest`, and shifted by its `shiftAtTest`. Other crops are mirrored by default, as in the paper.
 * @throws {OptionError} If `crops` is unknown, or if `scales` is empty, has duplicates, or has a value
 *   that is not a whole number from the input size of the network to 4096.
 */
export function resolveTestTime(run: TestedRun, asked: Partial<TestTime> = {}): TestTime {
  const { crops = "center", scales = [validationScale(run)] } = asked;
  if (!testCrops.includes(crops)) {
    throw new OptionError(`crops must be one of ${testCrops.join(", ")}. Received: ${crops}`);
  }
  if (scales.length === 0) throw new OptionError("scales must be one or more. Received: none");
  for (const scale of scales) requireScale(run, scale);
  if (new Set(scales).size < scales.length) {
    throw new OptionError(`scales must differ from each other. Received: ${scales.join(", ")}`);
  }
  const defaultFlip = crops === "center" ? run.recipe["flipAtTest"] === true : true;
  const shift = crops === "center" ? Number(run.recipe["shiftAtTest"] ?? 0) : 0;
  return { crops, scales, flip: asked.flip ?? defaultFlip, ...(shift > 0 ? { shift } : {}) };
}

/** The shortest side of the resized images from which validation cropped the center. */
function validationScale({ data: { fit } }: TestedRun): number {
  return fit.mode === "crop" ? fit.shortestSide ?? fit.size : fit.size;
}

function requireScale({ name, model: { inputSize } }: TestedRun, scale: number): void {
  if (Number.isInteger(scale) && scale >= inputSize && scale <= maxScale) return;
  throw new OptionError(
    `scales must be whole numbers from ${inputSize}, the input size of ${name}, to ` +
      `${maxScale}. Received: ${scale}`,
  );
}

/** The crops of a single pass over the images. */
export type CropMode = Exclude<TestCrops, "both">;

/** One pass over the images. */
export interface Pass {
  readonly crops: CropMode;
  /** The test scale Q in pixels. */
  readonly scale: number;
  /** Its weight in the average over all passes. */
  readonly share: number;
}

/** The passes over the images that a test takes; their shares add up to 1. */
export function passesOf({ crops, scales }: TestTime): Pass[] {
  const modes: CropMode[] = crops === "both" ? ["dense", "multi"] : [crops];
  const share = 1 / (scales.length * modes.length);
  return scales.flatMap((scale) => modes.map((crops) => ({ crops, scale, share })));
}

/**
 * How images are resized for a pass. A run that was trained on stretched images is tested on
 * stretched ones; other runs on images with the shortest side `scale`, cropped only for `center`.
 */
export function resizeForPass(
  { data: { fit }, model }: TestedRun,
  { crops, scale }: Pass,
): Resize {
  if (fit.mode === "stretch") return { mode: "stretch", size: scale };
  if (crops !== "center") return { mode: "shortest-side", size: scale };
  return { mode: "crop", size: model.inputSize, shortestSide: scale };
}
