import type { tf } from "../tf.ts";
import type { NodeJSKernelBackend } from "@tensorflow/tfjs-node-gpu/dist/nodejs_kernel_backend.js";
import { currentBackend } from "./current_backend.ts";
import type { Binding, TensorMetadata } from "./binding.ts";

/** The members of tfjs-node's backend that its types keep to themselves. */
interface Internals {
  getInputTensorIds(tensors: tf.TensorInfo[]): number[];
  createOutputTensor(metadata: TensorMetadata): tf.Tensor;
  refCount(dataId: tf.DataId): number;
  /** Values are those that were not handed over yet. */
  readonly tensorMap: { get(dataId: tf.DataId): { id: number; values: object | null } | undefined };
  write(values: object, ...rest: unknown[]): tf.DataId;
}

const internals = (): Internals => currentBackend() as unknown as Internals;

/** A tensor's number in the binding; its values are handed over if they were not yet. */
export function tensorId(tensor: tf.TensorInfo): number {
  return internals().getInputTensorIds([tensor])[0]!;
}

/** A new tensor for a number of the binding, which it owns. */
export function tensorOf(metadata: TensorMetadata): tf.Tensor {
  return internals().createOutputTensor(metadata);
}

/** How many tensors and variables hold the same data. */
export function refCount(tensor: tf.TensorInfo): number {
  return internals().refCount(tensor.dataId);
}

/** Makes `data()` leave the event loop alone while a card computes: tfjs-node's own waits for it. */
export function readAsync(backend: NodeJSKernelBackend, binding: Binding): void {
  const { tensorMap } = backend as unknown as Internals;
  // The boundary to TensorFlow.js: its types name fewer kinds of values than it takes.
  backend.read = (async (dataId: tf.DataId) => {
    const info = tensorMap.get(dataId);
    return !info || info.values ? backend.readSync(dataId) : await binding.tensorDataAsync(info.id);
  }) as typeof backend.read;
}

/** Notes the values of all tensors that JavaScript makes, until the function that it gives is called. */
export function watchValues(made: WeakSet<object>): () => void {
  const backend = internals();
  const write = backend.write;
  backend.write = (values, ...rest) => {
    made.add(values);
    return write.call(backend, values, ...rest);
  };
  return () => {
    backend.write = write;
  };
}
