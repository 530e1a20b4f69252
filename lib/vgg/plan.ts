import { type NetworkBlock, networks } from "./configurations.ts";
import type { ResolvedVGGOptions } from "./options.ts";

/** The plan of one layer: its Keras name and its settings. */
export type LayerPlan =
  & { name: string }
  & (
    | { kind: "convolution"; filters: number; kernelSize: 1 | 3; bias: boolean; relu: boolean }
    | { kind: "whitening"; filters: number; kernelSize: 2 }
    | { kind: "batch_normalization"; momentum: number; epsilon: number; scale: boolean }
    | { kind: "relu" | "gelu" | "local_response_normalization" | "max_pooling" }
    | { kind: "flatten" | "global_average_pooling" | "global_max_pooling" }
    | { kind: "dense"; units: number; activation: "relu" | "softmax" | "linear" }
    | { kind: "dropout"; rate: number; stream: number }
  );

/**
 * Lists a network's layers from the first convolution to the predictions, with Keras's names. Building,
 * counting and exporting all read this list, so that they cannot disagree.
 */
export function planVGG(options: ResolvedVGGOptions): LayerPlan[] {
  const blocks = networks[options.configuration];
  return [
    ...(options.whitening ? planWhitening(options) : []),
    ...blocks.flatMap((block, index) => planBlock(block, `block${index + 1}`, options)),
    ...(options.head === "4096-4096" ? planPaperHead(options) : planPooledHead(options)),
  ];
}

/** Each eigenvector of the 2×2 patches is a filter, and so is its negative. */
function planWhitening({ channels, nonlinearity: kind }: ResolvedVGGOptions): LayerPlan[] {
  return [
    { name: "block0_whitening", kind: "whitening", filters: 2 * 4 * channels, kernelSize: 2 },
    { name: `block0_${kind}`, kind },
  ];
}

function planBlock(block: NetworkBlock, name: string, options: ResolvedVGGOptions): LayerPlan[] {
  const layers: LayerPlan[] = [];
  let convolutions = 0;
  const isPooledEarly = block.some(({ kind }) => kind === "max_pooling");
  const pool: LayerPlan = { name: `${name}_pool`, kind: "max_pooling" };
  for (const [index, part] of block.entries()) {
    if (part.kind === "max_pooling") continue;
    if (part.kind === "local_response_normalization") {
      layers.push({ name: `${name}_lrn`, kind: part.kind });
      continue;
    }
    const convolution = `${name}_conv${++convolutions}`;
    const filters = scaled(part.channels, options.width);
    const { kernelSize } = part;
    const { convBias: bias, batchNorm } = options;
    const { nonlinearity } = options;
    const relu = !batchNorm && nonlinearity === "relu";
    layers.push({ name: convolution, kind: "convolution", filters, kernelSize, bias, relu });
    if (block[index + 1]?.kind === "max_pooling") layers.push(pool);
    if (batchNorm) {
      const { batchNormMomentum: momentum, batchNormEpsilon: epsilon } = options;
      const scale = options.batchNormScale;
      const kind = "batch_normalization";
      layers.push({ name: `${convolution}_bn`, kind, momentum, epsilon, scale });
    }
    if (!relu) layers.push({ name: `${convolution}_${nonlinearity}`, kind: nonlinearity });
  }
  return isPooledEarly ? layers : [...layers, pool];
}

function planPaperHead(options: ResolvedVGGOptions): LayerPlan[] {
  const units = scaled(4096, options.width);
  return [
    { name: "flatten", kind: "flatten" },
    { name: "fc1", kind: "dense", units, activation: "relu" },
    ...planDropout("fc1_dropout", options.dropout, 0),
    { name: "fc2", kind: "dense", units, activation: "relu" },
    ...planDropout("fc2_dropout", options.dropout, 1),
    planPredictions(options),
  ];
}

function planPooledHead(options: ResolvedVGGOptions): LayerPlan[] {
  const isMax = options.head === "max";
  const name = isMax ? "max_pool" : "average_pool";
  return [
    { name, kind: isMax ? "global_max_pooling" : "global_average_pooling" },
    ...planDropout(`${name}_dropout`, options.dropout, 0),
    planPredictions(options),
  ];
}

function planDropout(name: string, rate: number, stream: number): LayerPlan[] {
  return rate === 0 ? [] : [{ name, kind: "dropout", rate, stream }];
}

function planPredictions({ classes: units, activation }: ResolvedVGGOptions): LayerPlan {
  return { name: "predictions", kind: "dense", units, activation };
}

function scaled(count: number, width: number): number {
  return Math.max(1, Math.round(count * width));
}
