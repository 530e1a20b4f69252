import type { Normalization } from "../../data/augment/mod.ts";
import type { ClassLabel, Resize } from "../../data/dataset.ts";
import { type ResolvedVGGOptions, resolveVGGOptions, type VGGOptions } from "../../vgg/options.ts";
import { type DescribedWeights, remarksOn } from "../../weights/describe.ts";
import { requireShapes } from "../../weights/require_shapes.ts";
import { weightShapes } from "../../weights/weight_shapes.ts";
import { networkSettings } from "../config/network.ts";

/** What a net takes over from its initial weights, apart from the weights themselves. */
export interface Transfer {
  /** The network of the weights. Options that the user gives replace its own. */
  readonly network: VGGOptions & { configuration: string; inputSize: number };
  /** The layers that are initialized as in a new net. */
  readonly newLayers: readonly string[];
  /** How images become the net's input. */
  readonly fit: Resize;
  readonly normalization: Normalization;
  /** What is assumed of the weights' file, or left out, one line each. */
  readonly remarks?: readonly string[];
}

/** The open file of the trained weights that a run starts from. `using` closes it. */
export interface PretrainedWeights extends Disposable {
  readonly weights: DescribedWeights;
  readonly transfer: Transfer;
}

/** What a net must be. */
export interface TransferOptions {
  readonly classes: readonly ClassLabel[];
  readonly network?: VGGOptions | undefined;
  /** Whether the last layer is new even if its classes are the same. */
  readonly newHead?: boolean | undefined;
}

/**
 * Decides which layers take over trained weights. All convolutions do. The last layer is new if its
 * classes differ or `newHead` is given; all fully connected layers are new if one of the others does
 * not fit.
 *
 * @throws {WeightsError} If convolutions do not fit, saying how they differ; {OptionError} for
 *   options of the network that are not allowed.
 */
export function transferOf(weights: DescribedWeights, options: TransferOptions): Transfer {
  const { description, arrays } = weights;
  const { network: asked = {}, classes, newHead = false } = options;
  const own = architectureOf(resolveVGGOptions(description.network), asked);
  const resolved = resolveVGGOptions({ ...own, ...asked, classes: classes.length });
  const shapes = weightShapes(resolved);
  requireConvolutions(weights, shapes, adviceAbout(own, asked));
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
    normalization: description.normalization,
    remarks: remarksOn(weights),
  };
}

/** The options of a network that do not concern its initial weights. */
function architectureOf(known: ResolvedVGGOptions, asked: VGGOptions): Transfer["network"] {
  const { configuration, inputSize, channels, width, convBias, head, dropout } = known;
  const { batchNorm, batchNormMomentum, batchNormEpsilon, batchNormScale } = known;
  const { nonlinearity, whitening } = known;
  return {
    ...{ configuration, inputSize, channels, width, convBias, head },
    ...{ batchNorm, batchNormMomentum, batchNormEpsilon, batchNormScale },
    ...{ nonlinearity, whitening },
    // A rate of dropout suits the head that it was chosen for.
    ...(asked.head === undefined || asked.head === head ? { dropout } : {}),
  };
}

function requireConvolutions(
  { path, arrays }: DescribedWeights,
  shapes: ReadonlyMap<string, readonly number[]>,
  advice: string,
): void {
  const convolutions = <T>(all: ReadonlyMap<string, T>): Map<string, T> =>
    new Map([...all].filter(([name]) => isBlock(name)));
  requireShapes(path, convolutions(arrays), convolutions(shapes), advice);
}

/** Names the flags that ask for another network than that of the weights. */
function adviceAbout(own: Transfer["network"], asked: VGGOptions): string {
  const names = ["configuration", "width", "batchNorm"] as const;
  const flags = names.filter((name) => asked[name] !== undefined && asked[name] !== own[name])
    .map((name) => networkSettings[name].flag!.split(" ")[0]!)
    .map((flag) => flag === "--batch-norm" && asked.batchNorm === false ? "--no-batch-norm" : flag);
  return flags.length === 0 ? "" : `without ${flags.join(" and ")}, the net is that of the weights`;
}

/** Keeps the proportion of crop and image at another size of the input. */
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
