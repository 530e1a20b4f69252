import { tf } from "../../tf.ts";
import type { TraceBackend } from "../binding.ts";
import { currentBackend, currentBinding } from "../current_backend.ts";
import { tensorId, tensorOf } from "../tfjs_node_internals.ts";
import { type KernelOverride, registerOverride } from "./override.ts";
import { isKept } from "./run.ts";

type Arguments = Parameters<KernelOverride>[0];

/** A convolution of a trace, so that what follows can become part of it. */
interface Convolution {
  readonly x: number;
  readonly filter: number;
  readonly bias?: number | undefined;
  readonly attributes: Arguments["attrs"];
}

/** By the ids of their results. */
const convolutions = new WeakMap<TraceBackend, Map<number, Convolution>>();

/**
 * Makes a convolution, batch normalization and relu one operation where a function that only predicts is
 * compiled for a CPU: the normalization's factors are multiplied into the filter once. What is replaced
 * stays in the graph, where TensorFlow drops it.
 */
export function registerFolding(): void {
  for (const name of ["Conv2D", "FusedConv2D"]) remember(name);
  registerOverride("FusedBatchNorm", foldBatchNorm);
  registerOverride("Relu", foldRelu);
}

/** Notes each convolution whose weights are kept, as it is traced. */
function remember(kernelName: string): void {
  const known = tf.getKernel(kernelName, "tensorflow");
  tf.unregisterKernel(kernelName, "tensorflow");
  tf.registerKernel({
    ...known,
    kernelFunc: (args) => {
      const result = known.kernelFunc(args) as tf.TensorInfo;
      note(args, result);
      return result;
    },
  });
}

function note({ inputs, attrs: attributes }: Arguments, result: tf.TensorInfo): void {
  const { tracer } = currentBinding();
  const { x, filter, bias, preluActivationWeights } = inputs;
  const isPlain = (attributes?.activation ?? "linear") === "linear" && !preluActivationWeights &&
    attributes?.dataFormat === "NHWC";
  if (!tracer || currentBackend().isUsingGpuDevice || !isPlain) return;
  if (![filter, ...bias ? [bias] : []].every((weight) => isKept(weight!))) return;
  const all = convolutions.get(tracer) ?? new Map<number, Convolution>();
  convolutions.set(tracer, all);
  const [xId, filterId] = [tensorId(x!), tensorId(filter!)];
  const biasId = bias && tensorId(bias);
  all.set(tensorId(result), { x: xId, filter: filterId, bias: biasId, attributes });
}

/** The convolution whose result a tensor is. */
function convolutionOf(tensor: tf.TensorInfo): Convolution | undefined {
  const { tracer } = currentBinding();
  return tracer && convolutions.get(tracer)?.get(tensorId(tensor));
}

/** A tensor of the trace, which may have been disposed of. */
function revive(id: number): tf.Tensor {
  return tensorOf(currentBinding().tracer!.revive(id));
}

const foldBatchNorm: KernelOverride = ({ inputs, attrs }) => {
  const { x, mean, variance, scale, offset } = inputs as tf.NamedTensorMap;
  const before = convolutionOf(x!);
  const weights = [mean, variance, scale, offset].filter((weight) => weight !== undefined);
  if (!before || !weights.every((weight) => weight.shape.length === 1 && isKept(weight))) {
    return undefined;
  }
  return tf.tidy(() => {
    const deviation = variance!.add(tf.scalar(Number(attrs?.varianceEpsilon)));
    const factor = scale ? deviation.rsqrt().mul(scale) : deviation.rsqrt();
    const center = before.bias === undefined ? mean! : mean!.sub(revive(before.bias));
    const shift = center.mul(factor);
    const bias = offset ? offset.sub(shift) : shift.neg();
    return convolve(before, revive(before.filter).mul(factor), bias, "linear");
  });
};

/** For algorithms that compute a convolution in parts, relu of each part while a cache holds it. */
const foldRelu: KernelOverride = ({ inputs: { x } }) => {
  const before = convolutionOf(x!);
  if (before?.bias === undefined) return undefined;
  const bias = before.bias;
  return tf.tidy(() => convolve(before, revive(before.filter), revive(bias), "relu"));
};

function convolve(
  { x, attributes }: Convolution,
  filter: tf.Tensor,
  bias: tf.Tensor,
  activation: "linear" | "relu",
): tf.Tensor {
  return tf.engine().runKernel("FusedConv2D", { x: revive(x), filter, bias }, {
    ...attributes,
    activation,
  });
}
