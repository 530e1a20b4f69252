import { reluGradientKernel, replaceReluGradient } from "../../ops/relu_gradient.ts";
import { tf } from "../../tf.ts";
import { flag, float32, text, typeOf } from "./attributes.ts";
import { fusedBatchNormTraining, fusedBatchNormTrainingGradient } from "./batch_norm.ts";
import { convolution, fusedConvolution, inputGradient } from "./convolutions.ts";
import { elementwise } from "./elementwise.ts";
import { filterGradient } from "./filter_gradient.ts";
import { registerFolding } from "./fold_batch_norm.ts";
import { gatherSlices } from "./gather_slices.ts";
import { opKernels } from "./ops.ts";
import { type KernelOverride, registerOverride } from "./override.ts";
import {
  channelsFirstFused,
  cutTransposedConvolution,
  filterGradientPadding,
  inputGradientPadding,
  numericPadding,
  volumePadding,
} from "./padded_convolutions.ts";
import { maxPoolWithArgmax, paddedPooling, paddedPoolingGradient } from "./padded_pooling.ts";
import { refuseLargeSizes } from "./refuse_large_sizes.ts";
import { runOp } from "./run.ts";
import { stringOrder } from "./string_order.ts";
import { rotateWithOffset, transform } from "./transform.ts";
import { requireRank } from "./window_padding.ts";

const channelsLast = text("data_format", "NHWC");

/** Adds a bias to every position: oneDNN has a kernel for this, but not for broadcasting. */
const biasAdd: KernelOverride = ({ inputs: { a, b } }) =>
  a?.dtype === "float32" && b?.dtype === "float32" &&
    a.shape.length >= 2 && b.shape.length === 1 && a.shape.at(-1) === b.shape[0]
    ? runOp("BiasAdd", [float32, channelsLast], [a, b])
    : undefined;

/** The gradient of {@linkcode biasAdd}: a sum over all axes but the last. */
const biasAddGradient: KernelOverride = ({ inputs: { x }, attrs }) => {
  if (x?.dtype !== "float32" || x.shape.length < 2 || attrs?.keepDims) return undefined;
  const axes = tf.util.parseAxisParam(attrs?.axis as number[], x.shape);
  const last = x.shape.length - 1;
  return axes.length === last && !axes.includes(last)
    ? runOp("BiasAddGrad", [float32, channelsLast], [x])
    : undefined;
};

/** The product of two matrices; TensorFlow.js has only batched products. */
const matMul: KernelOverride = ({ inputs: { a, b }, attrs }) =>
  a?.dtype === "float32" && b?.dtype === "float32" && a.shape.length === 2 && b.shape.length === 2
    ? runOp("MatMul", [
      float32,
      flag("transpose_a", attrs?.transposeA === true),
      flag("transpose_b", attrs?.transposeB === true),
    ], [a, b])
    : undefined;

/** A dense layer: TensorFlow fuses product, bias and relu into one operation, but not batched products. */
const dense: KernelOverride = ({ inputs: { a, b, bias, preluActivationWeights }, attrs }) => {
  const [batchA, rows, inner] = a?.shape ?? [];
  const plain = a?.dtype === "float32" && b?.dtype === "float32" && a.shape.length === 3 &&
    batchA === 1 && b.shape[0] === 1 && bias?.shape.length === 1 && !preluActivationWeights &&
    !attrs?.transposeA && !attrs?.transposeB;
  const activation = attrs?.activation ?? "linear";
  if (!plain || (activation !== "linear" && activation !== "relu")) return undefined;
  const units = b!.shape[2]!;
  return tf.tidy(() => {
    // Kernels get tensors, even if TensorFlow.js's types call them TensorInfo.
    const x = tf.reshape(a as tf.Tensor, [rows!, inner!]);
    const kernel = tf.reshape(b as tf.Tensor, [inner!, units]);
    const sum = tf.matMul(x, kernel).add(bias as tf.Tensor);
    return (activation === "relu" ? sum.relu() : sum).reshape([1, rows!, units]);
  });
};

/** Leaves integers as they are: TensorFlow's kernel (2.21) turns them into zeros. */
const roundInteger: KernelOverride = ({ inputs: { x } }) =>
  x?.dtype === "int32" ? runOp("Identity", [typeOf("T", "int32")], [x]) : undefined;

/** Registers all overrides of tfjs-node's kernels. */
function registerOverrides(): void {
  registerOverride("Add", biasAdd);
  registerOverride("Sum", biasAddGradient);
  registerOverride("BatchMatMul", matMul);
  registerOverride("_FusedMatMul", dense);
  registerOverride("Round", roundInteger);
  registerOverride("GatherV2", gatherSlices);
  registerOverride("Conv2D", convolution);
  registerOverride("FusedConv2D", fusedConvolution);
  registerOverride("Conv2DBackpropInput", inputGradient);
  registerOverride("Conv2DBackpropFilter", filterGradient);
  for (const [name, override] of Object.entries({ ...elementwise, ...stringOrder })) {
    registerOverride(name, override);
  }
  registerPadding();
  registerFolding();
}

/** Registers what TensorFlow's ops, or tfjs-node's kernels, cannot pad. */
function registerPadding(): void {
  const register = (name: string, override: (name: string) => KernelOverride): void => {
    registerOverride(name, override(name));
    registerOverride(name, requireRank(name, name.includes("3D") ? 5 : 4));
  };
  for (const name of ["AvgPool", "MaxPool", "AvgPool3D", "MaxPool3D"]) {
    register(name, paddedPooling);
    register(`${name}Grad`, paddedPoolingGradient);
  }
  registerOverride("Conv2DBackpropInput", cutTransposedConvolution);
  registerOverride("FusedConv2D", channelsFirstFused);
  for (const name of ["Conv2D", "FusedConv2D", "DepthwiseConv2dNative", "FusedDepthwiseConv2D"]) {
    register(name, numericPadding);
  }
  register("Conv3D", volumePadding);
  const convolutions = { Conv2D: "", DepthwiseConv2dNative: "", Conv3D: "V2" };
  for (const [name, version] of Object.entries(convolutions)) {
    register(`${name}BackpropFilter${version}`, filterGradientPadding);
    register(`${name}BackpropInput${version}`, inputGradientPadding);
  }
}

/** `dy` where the output `y` is positive, 0 elsewhere. */
const reluGradient: tf.KernelConfig = {
  kernelName: reluGradientKernel,
  backendName: "tensorflow",
  kernelFunc: ({ inputs }) => runOp("ReluGrad", [float32], [inputs.dy!, inputs.y!]),
};

/** Uniform numbers in [0, 1) that depend only on the two integers of `seed`. */
const statelessRandomUniform: tf.KernelConfig = {
  kernelName: "StatelessRandomUniform",
  backendName: "tensorflow",
  kernelFunc: ({ inputs, attrs }) => {
    const shape = tf.tensor1d(attrs?.shape as number[], "int32");
    const attributes = [
      typeOf("dtype", "float32"),
      typeOf("T", "int32"),
      typeOf("Tseed", "int32"),
    ];
    const values = runOp("StatelessRandomUniform", attributes, [shape, inputs.seed!]);
    shape.dispose();
    return values;
  },
};

const kernels = [
  fusedBatchNormTraining,
  fusedBatchNormTrainingGradient,
  reluGradient,
  statelessRandomUniform,
  transform,
  rotateWithOffset,
  maxPoolWithArgmax,
  ...opKernels,
];

/** Registers the kernels that tfjs-node lacks, and faster ones for special cases. Call it once. */
export function registerTensorFlowKernels(): void {
  for (const kernel of kernels) tf.registerKernel(kernel);
  registerOverrides();
  replaceReluGradient();
  refuseLargeSizes();
}
