import type { Normalisation } from "../../data/augment/mod.ts";
import type { ClassLabel, Resize } from "../../data/dataset.ts";
import { type ResolvedVGGOptions, resolveVGGOptions, type VGGOptions } from "../../vgg/options.ts";
import type { DescribedWeights } from "../../weights/describe.ts";
import { requireShapes } from "../../weights/require_shapes.ts";
import { weightShapes } from "../../weights/weight_shapes.ts";

/** What a net takes over from the weights that it starts with, beside these. */
export interface Transfer {
  /** What the network is, unless another is asked for. */
  readonly network: VGGOptions & { configuration: string; inputSize: number };
  /** The layers that start anew: their weights do not fit, or shall not. */
  readonly newLayers: readonly string[];
  /** How images become the net's input. */
  readonly fit: Resize;
  readonly normalisation: Normalisation;
}

/** What is asked of a net beside its weights. */
export interface TransferOptions {
  readonly classes: readonly ClassLabel[];
  readonly network?: VGGOptions | undefined;
  /** Whether the last layer is new even where its classes are the same. */
  readonly newHead?: boolean | undefined;
}

/**
 * Decides what becomes of trained weights. All convolutions take theirs. The last layer is new where its
 * classes differ or it is asked for, and with it the other fully connected layers where one of them does
 * not fit.
 *
 * @throws {WeightsError} Where convolutions do not fit, with every name or shape; {RangeError} for
 *   options of the network that are not allowed.
 */
export function transferOf(weights: DescribedWeights, options: TransferOptions): Transfer {
  const { description, arrays } = weights;
  const { network: asked = {}, classes, newHead = false } = options;
  const own = architectureOf(resolveVGGOptions(description.network), asked);
  const resolved = resolveVGGOptions({ ...own, ...asked, classes: classes.length });
  const shapes = weightShapes(resolved);
  requireConvolutions(weights, shapes);
  const fits = (layer: string): boolean =>
    [...shapes].filter(([name]) => layerOf(name) === layer)
      .every(([name, shape]) => String(arrays.get(name)?.shape) === String(shape));
  const head = [...new Set([...shapes.keys()].map(layerOf).filter((name) => !isBlock(name)))];
  const hidden = head.filter((layer) => layer !== "predictions");
  const other = newHead || !fits("predictions") || !sameClasses(description.classes, classes);
  return {
    network: own,
    newLayers: hidden.every(fits) ? other ? ["predictions"] : [] : head,
    fit: rescaled(description.fit, resolved.inputSize),
    normalisation: description.normalisation,
  };
}

/** The options that say what a network is, and not how it starts. */
function architectureOf(known: ResolvedVGGOptions, asked: VGGOptions): Transfer["network"] {
  const { configuration, inputSize, channels, width, convBias, head, dropout } = known;
  const { batchNorm, batchNormMomentum, batchNormEpsilon } = known;
  return {
    ...{ configuration, inputSize, channels, width, convBias, head },
    ...{ batchNorm, batchNormMomentum, batchNormEpsilon },
    // A rate of dropout suits one head.
    ...(asked.head === undefined || asked.head === head ? { dropout } : {}),
  };
}

function requireConvolutions(
  { path, arrays }: DescribedWeights,
  shapes: ReadonlyMap<string, readonly number[]>,
): void {
  const convolutions = <T>(all: ReadonlyMap<string, T>): Map<string, T> =>
    new Map([...all].filter(([name]) => isBlock(name)));
  requireShapes(path, convolutions(arrays), convolutions(shapes));
}

/** Where another size of input is asked for, images are shown it in the same proportion. */
function rescaled({ mode, size: own, shortestSide }: Resize, size: number): Resize {
  if (shortestSide === undefined) return { mode, size };
  return { mode, size, shortestSide: Math.round(shortestSide * size / own) };
}

function sameClasses(one: readonly ClassLabel[], other: readonly ClassLabel[]): boolean {
  return one.length === other.length && one.every(({ id }, index) => id === other[index]?.id);
}

function layerOf(weight: string): string {
  return weight.split("/")[0]!;
}

function isBlock(name: string): boolean {
  return /^block\d/.test(name);
}
