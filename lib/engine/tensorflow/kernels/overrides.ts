import { tf } from "../../tf.ts";
import { flag, float32, text, typeOf } from "./attributes.ts";
import { convolution, fusedConvolution, imagesGradient } from "./convolutions.ts";
import { filterGradient } from "./filter_gradient.ts";
import { runOp } from "./run.ts";
import { type KernelOverride, registerShortcut } from "./override.ts";

const channelsLast = text("data_format", "NHWC");

/** A bias added to every position: oneDNN has a kernel for it, broadcasting has not. */
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

/** A product of two matrices: TensorFlow.js knows batches of them only. */
const matMul: KernelOverride = ({ inputs: { a, b }, attrs }) =>
  a?.dtype === "float32" && b?.dtype === "float32" && a.shape.length === 2 && b.shape.length === 2
    ? runOp("MatMul", [
      float32,
      flag("transpose_a", attrs?.transposeA === true),
      flag("transpose_b", attrs?.transposeB === true),
    ], [a, b])
    : undefined;

/** A dense layer: TensorFlow fuses these into one operation, and a batch of products it does not. */
const dense: KernelOverride = ({ inputs: { a, b, bias, preluActivationWeights }, attrs }) => {
  const [batchA, rows, inner] = a?.shape ?? [];
  const plain = a?.dtype === "float32" && b?.dtype === "float32" && a.shape.length === 3 &&
    batchA === 1 && b.shape[0] === 1 && bias?.shape.length === 1 && !preluActivationWeights &&
    !attrs?.transposeA && !attrs?.transposeB;
  const activation = attrs?.activation ?? "linear";
  if (!plain || (activation !== "linear" && activation !== "relu")) return undefined;
  const units = b!.shape[2]!;
  return tf.tidy(() => {
    // What kernels are given are tensors, whatever TensorFlow.js's types call them.
    const x = tf.reshape(a as tf.Tensor, [rows!, inner!]);
    const kernel = tf.reshape(b as tf.Tensor, [inner!, units]);
    const sum = tf.matMul(x, kernel).add(bias as tf.Tensor);
    return (activation === "relu" ? sum.relu() : sum).reshape([1, rows!, units]);
  });
};

/** Integers are round already: TensorFlow's own kernel (2.21) makes zeros of them. */
const roundInteger: KernelOverride = ({ inputs: { x } }) =>
  x?.dtype === "int32" ? runOp("Identity", [typeOf("T", "int32")], [x]) : undefined;

/** Puts the shortcuts before the stock kernels of tfjs-node. */
export function registerFasterForms(): void {
  registerShortcut("Add", biasAdd);
  registerShortcut("Sum", biasAddGradient);
  registerShortcut("BatchMatMul", matMul);
  registerShortcut("_FusedMatMul", dense);
  registerShortcut("Round", roundInteger);
  registerShortcut("Conv2D", convolution);
  registerShortcut("FusedConv2D", fusedConvolution);
  registerShortcut("Conv2DBackpropInput", imagesGradient);
  registerShortcut("Conv2DBackpropFilter", filterGradient);
}
