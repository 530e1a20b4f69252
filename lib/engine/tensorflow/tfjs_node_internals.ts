import type { NodeJSKernelBackend } from "@tensorflow/tfjs-node-gpu/dist/nodejs_kernel_backend.js";
import type { tf } from "../tf.ts";
import type { Binding, TensorMetadata } from "./binding.ts";
import { currentBackend } from "./current_backend.ts";

/** Private members of tfjs-node's backend. */
interface Internals {
  getInputTensorIds(tensors: tf.TensorInfo[]): number[];
  createOutputTensor(metadata: TensorMetadata): tf.Tensor;
  refCount(dataId: tf.DataId): number;
  /** `values` is set until they are uploaded, which happens on first use. */
  readonly tensorMap: { get(dataId: tf.DataId): { id: number; values: object | null } | undefined };
  write(values: object, ...rest: unknown[]): tf.DataId;
}

const internals = (): Internals => currentBackend() as unknown as Internals;

/** A tensor's id in the binding. Its values are uploaded if they were not yet. */
export function tensorId(tensor: tf.TensorInfo): number {
  return internals().getInputTensorIds([tensor])[0]!;
}

/** A new tensor for an id of the binding, which the tensor owns. */
export function tensorOf(metadata: TensorMetadata): tf.Tensor {
  return internals().createOutputTensor(metadata);
}

/** The number of tensors and variables that share this tensor's data. */
export function refCount(tensor: tf.TensorInfo): number {
  return internals().refCount(tensor.dataId);
}

/** Makes `data()` asynchronous while a GPU computes; tfjs-node's own blocks the event loop. */
export function readAsync(backend: NodeJSKernelBackend, binding: Binding): void {
  const { tensorMap } = backend as unknown as Internals;
  // The boundary to TensorFlow.js: its types name fewer kinds of values than it takes.
  backend.read = (async (dataId: tf.DataId) => {
    const info = tensorMap.get(dataId);
    return !info || info.values ? backend.readSync(dataId) : await binding.tensorDataAsync(info.id);
  }) as typeof backend.read;
}

/**
 * Adds the values of every tensor that JavaScript makes to `created`.
 *
 * @returns A function that ends this.
 */
export function trackValues(created: WeakSet<object>): () => void {
  const backend = internals();
  const write = backend.write;
  backend.write = (values, ...rest) => {
    created.add(values);
    return write.call(backend, values, ...rest);
  };
  return () => {
    backend.write = write;
  };
}
