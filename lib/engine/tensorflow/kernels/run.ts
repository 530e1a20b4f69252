import type { Precision } from "../../compile.ts";
import { tf } from "../../tf.ts";
import type { OpAttribute } from "../capi/attributes.ts";
import { currentBackend, currentBinding } from "../current_backend.ts";
import { tensorId, tensorOf } from "../tfjs_node_internals.ts";

type Attributes = Parameters<ReturnType<typeof currentBackend>["executeSingleOutput"]>[1];

/** Runs a TensorFlow op that has one output. */
export function runOp(
  name: string,
  attributes: readonly OpAttribute[],
  inputs: tf.TensorInfo[],
): tf.Tensor {
  return currentBackend().executeSingleOutput(name, attributes as unknown as Attributes, inputs);
}

/** The same tensor, not before another one is there: a compiled function else computes when it can. */
export function withControlDependency(tensor: tf.TensorInfo, until: tf.TensorInfo): tf.Tensor {
  return tensorOf(currentBinding().withControlDependency(tensorId(tensor), tensorId(until)));
}

/** In what the ops that take most of the time compute. */
export function precision(): Precision {
  return currentBinding().tracer?.precision ?? "float32";
}

/** As `tf.tidy`, but in float32, whatever the precision. */
export function tidyInFloat32<T extends tf.TensorContainer>(compute: () => T): T {
  const { tracer } = currentBinding();
  const tidied = (): T => tf.tidy(compute);
  return tracer ? tracer.inFloat32(tidied) : tidied();
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
