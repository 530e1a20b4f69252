import fc from "fast-check";
import type protobuf from "protobufjs";
import type { Bytes } from "../mutate.ts";
import type { Target } from "../target.ts";

/** Values of fields of texts, by the fields' names. */
export type Words = Readonly<Record<string, readonly string[]>>;

const integers = fc.oneof(
  fc.nat(4),
  fc.constantFrom(-1, 0, 1, 3, 7, 14, 32, 2 ** 31 - 1, -(2 ** 31), 2 ** 53 - 1),
);
const numbers = fc.constantFrom(0, 1, -1, 0.5, 1e-5, 255, Infinity, NaN);

/** Messages of a type of protobuf, with any of its fields. */
export function messagesOf(type: protobuf.Type, words: Words): fc.Arbitrary<Bytes> {
  return objectsOf(type, words, 0)
    .map((object) => Uint8Array.from(type.encode(type.fromObject(object)).finish()));
}

/** Deeper messages have no messages in them. */
const maxDepth = 5;

function objectsOf(
  type: protobuf.Type,
  words: Words,
  depth: number,
): fc.Arbitrary<Record<string, unknown>> {
  const fields = type.fieldsArray.filter((field) => depth < maxDepth || !messageOf(field));
  return fc.record(
    Object.fromEntries(fields.map((field) => [field.name, valuesOf(field, words, depth)])),
    { requiredKeys: fields.filter((field) => messageOf(field)).map(({ name }) => name) },
  );
}

function valuesOf(field: protobuf.Field, words: Words, depth: number): fc.Arbitrary<unknown> {
  const message = messageOf(field);
  const one: fc.Arbitrary<unknown> = message
    ? fc.noShrink(fc.constant(null)).chain(() => objectsOf(message, words, depth + 1))
    : scalarsOf(field, words);
  if (field.map) return fc.dictionary(scalarsOf(field, words), one, { maxKeys: 2 });
  return field.repeated ? fc.array(one, { maxLength: 4 }) : one;
}

function messageOf(field: protobuf.Field): protobuf.Type | undefined {
  const type = field.resolve().resolvedType;
  return type && "fieldsArray" in type ? type : undefined;
}

function scalarsOf({ type, name }: protobuf.Field, words: Words): fc.Arbitrary<string> {
  const any = (values: fc.Arbitrary<unknown>): fc.Arbitrary<string> =>
    values as fc.Arbitrary<string>;
  if (type === "bytes") return any(fc.uint8Array({ maxLength: 16 }));
  if (type === "bool") return any(fc.boolean());
  if (type === "float" || type === "double") return any(numbers);
  if (type !== "string" && !type.includes(".")) {
    return any(/int/.test(type) ? integers : fc.constantFrom(...words[name] ?? words.any!));
  }
  return fc.oneof(
    { weight: 9, arbitrary: fc.constantFrom(...words[name] ?? words.any!) },
    fc.string({ maxLength: 5 }),
  );
}

/** The fields of a message, as JSON. */
export function messageJson(type: protobuf.Type): Required<Target>["json"] {
  return {
    take: (input) =>
      JSON.stringify(type.toObject(type.decode(input), { bytes: String, longs: Number })),
    put: (_, text) => Uint8Array.from(type.encode(type.fromObject(JSON.parse(text))).finish()),
  };
}

const names = ["images", "a", "b", "kernel", "bias", "", "images:0", "^a"];

/** The words of graphs of ONNX. */
export const onnxWords: Words = {
  any: names,
  op_type: [
    ...["Conv", "Relu", "MaxPool", "Gemm", "MatMul", "BatchNormalization", "Flatten", "Reshape"],
    ...[
      "Transpose",
      "Add",
      "Sub",
      "Mul",
      "Div",
      "Softmax",
      "Identity",
      "Constant",
      "Shape",
      "Gather",
    ],
    ...[
      "Concat",
      "Unsqueeze",
      "Squeeze",
      "Slice",
      "Cast",
      "Dropout",
      "GlobalAveragePool",
      "Sigmoid",
    ],
    ...["ReduceMean", "AveragePool", "LRN", "Pad", "Loop", "QuantizeLinear"],
  ],
  name: [
    ...names,
    ...["kernel_shape", "strides", "pads", "perm", "axis", "axes", "value", "transB", "keepdims"],
    ...["group", "dilations", "auto_pad", "starts", "ends", "to", "alpha", "epsilon", "ceil_mode"],
  ],
  key: ["vgg", "location", "offset", "length", "checksum"],
  value: ["{}", "net.onnx", "0", "-1", "1e9", "../x", "/etc/passwd"],
};

/** The words of graphs of TensorFlow. */
export const tensorFlowWords: Words = {
  any: names,
  op: [
    ...["Placeholder", "Const", "Identity", "Conv2D", "BiasAdd", "Relu", "MaxPool", "MatMul"],
    ...["Reshape", "Softmax", "FusedBatchNormV3", "Mean", "AddV2", "Sub", "Mul", "RealDiv", "Pack"],
    ...["StatefulPartitionedCall", "PartitionedCall", "VarHandleOp", "ReadVariableOp", "Shape"],
    ...["StridedSlice", "Transpose", "Squeeze", "ExpandDims", "NoOp", "Pad", "ConcatV2", "Cast"],
  ],
  tags: ["serve", "train"],
  attr: [
    ...["value", "dtype", "T", "shape", "data_format", "strides", "padding", "f", "shared_name"],
    ...["epsilon", "is_training", "ksize", "dilations", "transpose_a", "transpose_b", "axis"],
  ],
};
