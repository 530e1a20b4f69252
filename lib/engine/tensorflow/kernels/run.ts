import type { Precision } from "../../compile.ts";
import { tf } from "../../tf.ts";
import type { OpAttribute } from "../capi/attributes.ts";
import { DataType } from "../capi/c_api.ts";
import { currentBackend, currentBinding } from "../current_backend.ts";
import { tensorId, tensorOf } from "../tfjs_node_internals.ts";
import { typeOf } from "./attributes.ts";

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

/**
 * Whether a function that only predicts is being compiled, and the tensor depends on its variables alone:
 * what is computed of such tensors is computed once, and kept.
 */
export function isKept(tensor: tf.TensorInfo): boolean {
  return currentBinding().tracer?.isKept(tensorId(tensor)) ?? false;
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

type TypeName = keyof typeof DataType;

/** What results become whose type no tensor of TensorFlow.js has. */
const narrower: Readonly<Record<number, { from: TypeName; to: TypeName }>> = {
  [DataType.int64]: { from: "int64", to: "int32" },
  [DataType.uint8]: { from: "uint8", to: "int32" },
  [DataType.float64]: { from: "float64", to: "float32" },
};

/**
 * Runs a TensorFlow op with types that no tensor of TensorFlow.js has. Results in 64 or 8 bits are cast
 * to int32 or float32.
 *
 * @param inputs With `as`, the type that the op takes the input in.
 */
export function runOpInTypes(
  name: string,
  attributes: readonly OpAttribute[],
  inputs: readonly { readonly tensor: tf.TensorInfo; readonly as?: TypeName | undefined }[],
  outputs: number,
): tf.Tensor[] {
  const binding = currentBinding();
  const passing: number[] = [];
  const cast = (id: number, from: TypeName, to: TypeName) =>
    binding.executeOp("Cast", [typeOf("SrcT", from), typeOf("DstT", to)], [id], 1)[0]!;
  try {
    const ids = inputs.map(({ tensor, as }) => {
      const id = tensorId(tensor);
      if (!as) return id;
      const { id: wide } = cast(id, tensor.dtype, as);
      passing.push(wide);
      return wide;
    });
    return binding.executeOp(name, attributes, ids, outputs).map((result) => {
      const types = narrower[result.dtype];
      if (!types) return tensorOf(result);
      passing.push(result.id);
      return tensorOf(cast(result.id, types.from, types.to));
    });
  } finally {
    for (const id of passing) binding.deleteTensor(id);
  }
}
