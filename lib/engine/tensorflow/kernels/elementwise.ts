import { tf } from "../../tf.ts";
import { currentBackend, currentBinding } from "../current_backend.ts";
import { typeOf } from "./attributes.ts";
import type { KernelOverride } from "./override.ts";
import { runOp, runOpInTypes, runOpWithOutputs } from "./run.ts";

// Kernels for ops of TensorFlow whose results differ from those of TensorFlow.js's other backends.

/** The sign, which is 0 for NaN. */
const sign: KernelOverride = ({ inputs }) => {
  const x = inputs.x as tf.Tensor;
  if (x.dtype !== "float32") return undefined;
  return tf.tidy(() => tf.where(x.isNaN(), 0, runOp("Sign", [typeOf("T", x.dtype)], [x])));
};

/** The step function of integers: TensorFlow looks for NaN in floats alone. */
const step: KernelOverride = ({ inputs, attrs }) => {
  const x = inputs.x as tf.Tensor;
  if (x.dtype === "float32") return undefined;
  const alpha = Math.trunc(Number(attrs?.alpha ?? 0));
  return tf.tidy(() =>
    tf.where(
      x.cast<tf.Tensor>("int32").greater(tf.scalar(0, "int32")),
      tf.onesLike(x),
      tf.fill(x.shape, alpha, x.dtype as "int32"),
    )
  );
};

/** Of integers, in floats. */
const leakyRelu: KernelOverride = ({ inputs, attrs }) => {
  const x = inputs.x as tf.Tensor;
  if (x.dtype === "float32") return undefined;
  return tf.tidy(() => x.cast<tf.Tensor>("float32").leakyRelu(Number(attrs?.alpha)));
};

/** Of booleans, as integers. */
const diagonal: KernelOverride = ({ inputs }) => {
  const x = inputs.x as tf.Tensor;
  if (x.dtype !== "bool") return undefined;
  return tf.tidy(() => tf.diag(x.cast("int32")).cast("bool"));
};

/** In 64 bits: near its poles, the tangent in 32 bits is wrong in its last digit. */
const tangent: KernelOverride = ({ inputs: { x } }) =>
  x?.dtype === "float32"
    ? runOpInTypes("Tan", [typeOf("T", "float64")], [{ tensor: x, as: "float64" }], 1)[0]
    : undefined;

/** The means of integers are integers. */
const segmentMean: KernelOverride = ({ inputs: { data, ...rest } }) => {
  if (data?.dtype !== "int32") return undefined;
  const { indices, segmentIds } = rest as Record<string, tf.Tensor1D>;
  return tf.tidy(() => {
    const numbers = (data as tf.Tensor).cast<tf.Tensor>("float32");
    return tf.sparse.sparseSegmentMean(numbers, indices!, segmentIds!).cast("int32");
  });
};

/** Compares bits, of which all NaNs get the same, and both zeros. */
const unique: KernelOverride = ({ inputs, attrs }) => {
  const x = inputs.x as tf.Tensor;
  if (x.dtype !== "float32") return undefined;
  const bits = (from: "float32" | "int32", type: "float32" | "int32", tensor: tf.Tensor) =>
    runOp("Bitcast", [typeOf("T", from), typeOf("type", type)], [tensor]);
  const types = [typeOf("T", "int32"), typeOf("Taxis", "int32"), typeOf("out_idx", "int32")];
  return tf.tidy(() => {
    const same = tf.where(x.isNaN(), NaN, tf.where(x.equal(0), 0, x));
    const axis = tf.tensor1d([Number(attrs?.axis ?? 0)], "int32");
    const found = [bits("float32", "int32", same), axis];
    const [values, indices] = runOpWithOutputs("UniqueV2", types, found, 2);
    return [bits("int32", "float32", values!), indices!];
  });
};

/** Indices of one axis have a depth of 1, which TensorFlow expects as an axis of its own. */
const indicesOfOneAxis = (kernelName: string): KernelOverride => ({ inputs, attrs }) => {
  const indices = inputs.indices as tf.Tensor;
  if (indices.shape.length !== 1) return undefined;
  return tf.tidy(() => {
    const given = { ...inputs as tf.NamedTensorMap, indices: indices.expandDims(-1) };
    return tf.engine().runKernel<tf.Tensor>(kernelName, given, { ...attrs });
  });
};

/** oneDNN's softmax, which compiled functions get, makes 0 of a row with NaN. */
const softmax: KernelOverride = ({ inputs }) => {
  const logits = inputs.logits as tf.Tensor;
  if (!currentBinding().tracer || currentBackend().isUsingGpuDevice) return undefined;
  return tf.tidy(() => {
    const notNumbers = tf.where(logits.max(-1, true).isNaN(), NaN, 0);
    return runOp("Softmax", [typeOf("T", logits.dtype)], [logits]).add(notNumbers);
  });
};

/**
 * Samples that depend only on the seed. Where none is given, TensorFlow.js makes one up between 0 and 1:
 * in a compiled function TensorFlow's op makes its own then, so that each call differs.
 */
const multinomial: KernelOverride = ({ inputs, attrs }) => {
  const logits = inputs.logits as tf.Tensor2D;
  const { numSamples, seed, normalized } = attrs as unknown as MultinomialAttributes;
  return tf.tidy(() => {
    const given = normalized ? logits.log<tf.Tensor2D>() : logits;
    const count = tf.scalar(numSamples, "int32");
    const types = [typeOf("T", given.dtype), typeOf("output_dtype", "int32")];
    if (currentBinding().tracer && seed > 0 && seed < 1) {
      return runOp("Multinomial", types, [given, count]);
    }
    const bits = new Int32Array(Float64Array.of(seed).buffer);
    const seeds = tf.tensor1d(bits, "int32");
    return runOp("StatelessMultinomial", [...types, typeOf("Tseed", "int32")], [
      given,
      count,
      seeds,
    ]);
  });
};

interface MultinomialAttributes {
  readonly numSamples: number;
  readonly seed: number;
  readonly normalized: boolean;
}

/** Refuses what TensorFlow.js refuses. What TensorFlow can do beyond stays: `ii->` and `...`. */
const einsum: KernelOverride = ({ inputs, attrs }) => {
  const equation = String(attrs?.equation).replaceAll(/\s/g, "");
  // The kernel gets a list, which TensorFlow.js's types do not say.
  const tensors = Object.values(inputs) as tf.Tensor[];
  const repeats = equation.split(/,|->/).some((labels) => new Set(labels).size < labels.length);
  if (repeats) return undefined;
  const { allDims, idDims } = tf.backend_util.decodeEinsumEquation(equation, tensors.length);
  tf.backend_util.checkEinsumDimSizes(allDims.length, idDims, tensors);
  return undefined;
};

export const elementwise: Readonly<Record<string, KernelOverride>> = {
  Diag: diagonal,
  Einsum: einsum,
  LeakyRelu: leakyRelu,
  Multinomial: multinomial,
  ScatterNd: indicesOfOneAxis("ScatterNd"),
  Sign: sign,
  Softmax: softmax,
  SparseSegmentMean: segmentMean,
  Step: step,
  Tan: tangent,
  TensorScatterUpdate: indicesOfOneAxis("TensorScatterUpdate"),
  Unique: unique,
};
