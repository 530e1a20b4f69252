import { configurations, type VGGBlock } from "./configurations.ts";
import type { ResolvedVGGOptions } from "./options.ts";

/** The plan of one layer: its Keras name and its settings. */
export type LayerPlan =
  & { name: string }
  & (
    | { kind: "convolution"; filters: number; kernelSize: 1 | 3; bias: boolean; relu: boolean }
    | { kind: "batch_normalization"; momentum: number; epsilon: number }
    | { kind: "relu" | "local_response_normalization" | "max_pooling" }
    | { kind: "flatten" | "global_average_pooling" }
    | { kind: "dense"; units: number; activation: "relu" | "softmax" | "linear" }
    | { kind: "dropout"; rate: number; stream: number }
  );

/**
 * Lists a network's layers from the first convolution to the predictions, with Keras's names. Building,
 * counting and exporting all read this list, so that they cannot disagree.
 */
export function planVGG(options: ResolvedVGGOptions): LayerPlan[] {
  const blocks = configurations[options.configuration];
  return [
    ...blocks.flatMap((block, index) => planBlock(block, `block${index + 1}`, options)),
    ...(options.head === "small" ? planSmallHead(options) : planPaperHead(options)),
  ];
}

function planBlock(block: VGGBlock, name: string, options: ResolvedVGGOptions): LayerPlan[] {
  const layers: LayerPlan[] = [];
  let convolutions = 0;
  for (const part of block) {
    if (part.kind === "local_response_normalization") {
      layers.push({ name: `${name}_lrn`, kind: part.kind });
      continue;
    }
    const convolution = `${name}_conv${++convolutions}`;
    const filters = scaled(part.channels, options.width);
    const { kernelSize } = part;
    const { convBias: bias, batchNorm } = options;
    const relu = !batchNorm;
    layers.push({ name: convolution, kind: "convolution", filters, kernelSize, bias, relu });
    if (batchNorm) {
      const { batchNormMomentum: momentum, batchNormEpsilon: epsilon } = options;
      layers.push({ name: `${convolution}_bn`, kind: "batch_normalization", momentum, epsilon });
      layers.push({ name: `${convolution}_relu`, kind: "relu" });
    }
  }
  layers.push({ name: `${name}_pool`, kind: "max_pooling" });
  return layers;
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

function planSmallHead(options: ResolvedVGGOptions): LayerPlan[] {
  return [
    { name: "average_pool", kind: "global_average_pooling" },
    ...planDropout("average_pool_dropout", options.dropout, 0),
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
