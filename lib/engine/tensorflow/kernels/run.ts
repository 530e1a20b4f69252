import type { tf } from "../../tf.ts";
import type { OpAttribute } from "../attributes.ts";
import { currentBackend } from "../backend.ts";

type Attributes = Parameters<ReturnType<typeof currentBackend>["executeSingleOutput"]>[1];

/** Runs a TensorFlow op that has one output. */
export function runOp(
  name: string,
  attributes: readonly OpAttribute[],
  inputs: tf.TensorInfo[],
): tf.Tensor {
  return currentBackend().executeSingleOutput(name, attributes as unknown as Attributes, inputs);
}

/** Runs a TensorFlow op that has several outputs. */
export function runOpWithOutputs(
  name: string,
  attributes: readonly OpAttribute[],
  inputs: tf.TensorInfo[],
  outputs: number,
): tf.Tensor[] {
  return currentBackend().executeMultipleOutputs(
    name,
    attributes as unknown as Attributes,
    inputs,
    outputs,
  );
}
