import { tf } from "../tf.ts";

/**
 * Repairs a kernel of TensorFlow.js's plain backend: in 4.22 its `tf.image.transform` transforms the
 * first image of a batch and leaves the others black. Importing this module puts a kernel in its
 * place that hands it the images one by one.
 *
 * @module
 */

/** What is used of the plain backend. */
interface PlainBackend {
  data: { get(dataId: object): { values: Float32Array } };
  makeTensorInfo(shape: number[], dtype: "float32", values: Float32Array): tf.TensorInfo;
  disposeIntermediateTensorInfo(info: tf.TensorInfo): void;
}

const broken = tf.getKernel("Transform", "cpu");

function transformEach(call: Parameters<tf.KernelFunc>[0]): tf.TensorInfo {
  const { image, transforms } = call.inputs;
  if (!image || !transforms) throw new Error("Transform takes images and transforms");
  // The registry knows no backend's own type; this kernel is registered for the plain one alone.
  const backend = call.backend as PlainBackend;
  const matrices = rowsOf(backend, transforms);
  const results = rowsOf(backend, image).map((oneImage, index) => {
    const inputs = { image: oneImage, transforms: matrices[index % matrices.length] ?? transforms };
    const result = broken.kernelFunc({ ...call, inputs });
    backend.disposeIntermediateTensorInfo(oneImage);
    return Array.isArray(result) ? result : [result];
  }).flat();
  for (const matrix of matrices) backend.disposeIntermediateTensorInfo(matrix);
  return join(backend, results);
}

/** The entries of a tensor's first axis, each as a tensor whose first axis is of length 1. */
function rowsOf(backend: PlainBackend, { dataId, shape }: tf.TensorInfo): tf.TensorInfo[] {
  const { values } = backend.data.get(dataId);
  const [count = 0, ...rest] = shape;
  const size = values.length / count;
  return Array.from({ length: count }, (_, index) => {
    const row = Float32Array.from(values.subarray(index * size, (index + 1) * size));
    return backend.makeTensorInfo([1, ...rest], "float32", row);
  });
}

/** Joins tensors along their first axis, and disposes of them. */
function join(backend: PlainBackend, parts: tf.TensorInfo[]): tf.TensorInfo {
  const values = parts.map(({ dataId }) => backend.data.get(dataId).values);
  const size = values[0]?.length ?? 0;
  const joined = new Float32Array(size * parts.length);
  values.forEach((part, index) => joined.set(part, index * size));
  for (const part of parts) backend.disposeIntermediateTensorInfo(part);
  return backend.makeTensorInfo(
    [parts.length, ...(parts[0]?.shape.slice(1) ?? [])],
    "float32",
    joined,
  );
}

tf.unregisterKernel("Transform", "cpu");
tf.registerKernel({ kernelName: "Transform", backendName: "cpu", kernelFunc: transformEach });
