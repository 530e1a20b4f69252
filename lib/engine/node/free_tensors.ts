import type { NodeJSKernelBackend } from "@tensorflow/tfjs-node-gpu/dist/nodejs_kernel_backend.js";
import type { Binding } from "../tensorflow/binding.ts";
import { tf } from "../tf.ts";

/** Methods of tfjs-node's backend that leave tensors behind. */
interface Internals {
  readonly binding: Binding;
  getInputTensorIds(tensors: readonly tf.Tensor[]): number[];
  createSummaryFileWriter(...args: unknown[]): void;
  executeEncodeImageOp(...args: unknown[]): tf.Tensor;
  runSavedModel(id: number, inputs: readonly tf.Tensor[], ...rest: unknown[]): tf.Tensor[];
}

/**
 * Makes these methods free the tensors that they make for themselves, also if TensorFlow refuses the
 * operation.
 */
export function freeTensors({ prototype }: typeof NodeJSKernelBackend): void {
  const internals = prototype as unknown as Internals;
  const { createSummaryFileWriter, executeEncodeImageOp, runSavedModel } = internals;
  internals.createSummaryFileWriter = function (...args): void {
    tf.tidy(() => createSummaryFileWriter.apply(this, args));
  };
  internals.executeEncodeImageOp = function (...args): tf.Tensor {
    return freeing(this.binding, () => executeEncodeImageOp.apply(this, args));
  };
  internals.runSavedModel = function (id, inputs, ...rest): tf.Tensor[] {
    // Uploads the values of the inputs, which stay theirs.
    this.getInputTensorIds(inputs);
    return freeing(this.binding, () => runSavedModel.call(this, id, inputs, ...rest));
  };
}

function freeing<T>(binding: Binding, run: () => T): T {
  const made: number[] = [];
  const create = binding.createTensor;
  binding.createTensor = (...args) => {
    const id = create.apply(binding, args);
    made.push(id);
    return id;
  };
  try {
    return run();
  } catch (error) {
    for (const id of made) if (binding.tensors.has(id)) binding.deleteTensor(id);
    throw error;
  } finally {
    binding.createTensor = create;
  }
}
