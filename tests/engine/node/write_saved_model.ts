import { join } from "@std/path";
import { tensorFlowType } from "../../../lib/weights/tensorflow/schema.ts";

/** `DataType` of TensorFlow's `types.proto`. */
export const types = { float32: 1, float64: 2, int32: 3, uint8: 4, string: 7, int64: 9 } as const;
type Type = keyof typeof types;

/** A node of a graph. */
export interface GraphNode {
  readonly name: string;
  readonly op: string;
  readonly input?: readonly string[];
  readonly attr?: Readonly<Record<string, object>>;
}

/** A signature: each name in it stands for a tensor of the graph, such as `node:0`. */
export interface Signature {
  readonly inputs: Readonly<Record<string, readonly [tensor: string, type: Type]>>;
  readonly outputs: Readonly<Record<string, readonly [tensor: string, type: Type]>>;
}

/** A node that a value of any shape is fed to. */
export function placeholder(name: string, type: Type): GraphNode {
  return {
    name,
    op: "Placeholder",
    attr: { dtype: { type: types[type] }, shape: { shape: { unknown_rank: true } } },
  };
}

/** A node of an operation whose only attribute is the type of its operands. */
export function operation(name: string, op: string, type: Type, ...input: string[]): GraphNode {
  return { name, op, input, attr: { T: { type: types[type] } } };
}

/** A node with an output for each of its inputs, which have the same shape. */
export function tuple(name: string, type: Type, ...input: string[]): readonly GraphNode[] {
  const attr = { T: { type: types[type] }, axis: { i: 0 } };
  return [
    { name: `${name}/packed`, op: "Pack", input, attr: { ...attr, N: { i: input.length } } },
    { name, op: "Unpack", input: [`${name}/packed`], attr: { ...attr, num: { i: input.length } } },
  ];
}

/** A scalar in the graph, written in the field of `TensorProto` that its type has. */
export function constant(name: string, type: Type, value: number | string): GraphNode {
  const values = {
    float32: { float_val: [value] },
    float64: { double_val: [value] },
    int32: { int_val: [value] },
    uint8: { int_val: [value] },
    int64: { int64_val: [value] },
    string: { string_val: [new TextEncoder().encode(String(value))] },
  }[type];
  const tensor = { dtype: types[type], tensor_shape: {}, ...values };
  return { name, op: "Const", attr: { dtype: { type: types[type] }, value: { tensor } } };
}

/** Writes a SavedModel without variables. */
export async function writeSavedModel(
  folder: string,
  nodes: readonly GraphNode[],
  signatures: Readonly<Record<string, Signature>>,
  tags: readonly string[] = ["serve"],
): Promise<void> {
  const infos = (tensors: Signature["inputs"]): object =>
    Object.fromEntries(
      Object.entries(tensors).map(([key, [name, type]]) => [
        key,
        { name, dtype: types[type], tensor_shape: { unknown_rank: true } },
      ]),
    );
  const signature_def = Object.fromEntries(
    Object.entries(signatures).map(([name, { inputs, outputs }]) => [name, {
      inputs: infos(inputs),
      outputs: infos(outputs),
      method_name: "tensorflow/serving/predict",
    }]),
  );
  const model = {
    saved_model_schema_version: 1,
    meta_graphs: [{
      meta_info_def: { tags, tensorflow_version: "2.0.0" },
      graph_def: { node: nodes, versions: { producer: 175, min_consumer: 12 } },
      signature_def,
    }],
  };
  await Deno.mkdir(folder, { recursive: true });
  const bytes = tensorFlowType("SavedModel").encode(model).finish();
  await Deno.writeFile(join(folder, "saved_model.pb"), bytes);
}
