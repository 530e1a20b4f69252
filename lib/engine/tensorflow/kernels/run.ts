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

/**
 * The tensor with a control dependency on `until`. Otherwise a compiled function computes what uses it
 * as early as it can, and keeps the result.
 */
export function withControlDependency(tensor: tf.TensorInfo, until: tf.TensorInfo): tf.Tensor {
  return tensorOf(currentBinding().withControlDependency(tensorId(tensor), tensorId(until)));
}

/** The precision of the ops that take most of the time. */
export function precision(): Precision {
  return currentBinding().tracer?.precision ?? "float32";
}

/** Like `tf.tidy()`, but computes in float32, whatever the precision. */
export function tidyInFloat32<T extends tf.TensorContainer>(compute: () => T): T {
  const { tracer } = currentBinding();
  const run = (): T => tf.tidy(compute);
  return tracer ? tracer.inFloat32(run) : run();
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
