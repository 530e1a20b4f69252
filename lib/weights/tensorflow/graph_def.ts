import { WeightsError } from "../errors.ts";
import type { Tensor } from "../graph/tensors.ts";
import type { MessageReader } from "../protobuf/message_reader.ts";
import type { ByteRange } from "../protobuf/protobuf_fields.ts";
import { tensorFlowType } from "./schema.ts";
import { storedTensor, type TensorMessage, valuesOf } from "./tensor_proto.ts";

/** The value of an attribute of a node, as the schema decodes it. */
export interface TensorFlowAttribute {
  readonly list?: { readonly s: readonly Uint8Array[]; readonly i: readonly unknown[] };
  readonly s?: Uint8Array;
  readonly i?: unknown;
  readonly f?: number;
  readonly b?: boolean;
  readonly shape?: { readonly dim: readonly { readonly size: unknown }[] };
  readonly tensor?: TensorMessage;
  readonly func?: { readonly name: string };
}

/** A node of a TensorFlow graph. */
export interface TensorFlowNode {
  readonly name: string;
  readonly op: string;
  /** Names of values: `node:0`. Those that only say an order are left out. */
  readonly input: readonly string[];
  readonly output: readonly string[];
  readonly attr: ReadonlyMap<string, TensorFlowAttribute>;
  /** The numbers of a constant. */
  readonly tensor?: Tensor;
  /** The texts of a constant. */
  readonly texts?: readonly string[];
}

/** A function of a graph's library. */
export interface GraphFunction {
  readonly name: string;
  readonly inputs: readonly string[];
  /** The names of the values that it returns. */
  readonly outputs: readonly string[];
  readonly nodes: readonly TensorFlowNode[];
}

export interface GraphDef {
  readonly nodes: readonly TensorFlowNode[];
  readonly functions: ReadonlyMap<string, GraphFunction>;
}

const [nodeField, libraryField, functionField, bodyField] = [1, 2, 1, 3];
const [attrField, valueField, tensorField, contentField] = [5, 2, 8, 4];
/** Attributes up to this size are read at once. */
const smallBytes = 2 ** 14;

/** Reads a `GraphDef`, whose large constants stay in the file. */
export async function readGraph(reader: MessageReader, message: ByteRange): Promise<GraphDef> {
  const { separate } = await reader.split(message, [nodeField, libraryField]);
  const nodes: TensorFlowNode[] = [];
  const functions = new Map<string, GraphFunction>();
  for (const field of separate) {
    if (field.number === nodeField) nodes.push(await readNode(reader, field));
    else {
      for (const one of (await reader.split(field, [functionField])).separate) {
        const read = await readFunction(reader, one);
        functions.set(read.name, read);
      }
    }
  }
  return { nodes, functions };
}

interface FunctionMessage {
  readonly signature?: {
    readonly name: string;
    readonly input_arg: readonly { readonly name: string }[];
    readonly output_arg: readonly { readonly name: string }[];
  };
  readonly ret: Readonly<Record<string, string>>;
}

async function readFunction(reader: MessageReader, message: ByteRange): Promise<GraphFunction> {
  const { bytes, separate } = await reader.split(message, [bodyField]);
  const { signature, ret } = tensorFlowType("FunctionDef").decode(
    bytes,
  ) as unknown as FunctionMessage;
  const nodes: TensorFlowNode[] = [];
  for (const body of separate) nodes.push(await readNode(reader, body));
  return {
    name: signature?.name ?? "",
    inputs: signature?.input_arg.map(({ name }) => name) ?? [],
    outputs: signature?.output_arg.map(({ name }) => valueName(ret[name] ?? name)) ?? [],
    nodes,
  };
}

/** Returns the name of a value: `node` and `node:y:0`, as functions write it, are `node:0`. */
function valueName(name: string): string {
  const [node, ...parts] = name.split(":");
  return `${node}:${parts.at(-1) ?? 0}`;
}

/** A node from its message without attributes. */
export function nodeFrom(
  { name, op, input }: { name: string; op: string; input?: readonly string[] },
  attr: TensorFlowNode["attr"],
  constant: Pick<TensorFlowNode, "tensor" | "texts"> = {},
): TensorFlowNode {
  const inputs = (input ?? []).filter((one) => !one.startsWith("^")).map(valueName);
  // No layer of a VGG net has more outputs; others may.
  const output = Array.from({ length: 8 }, (_, index) => `${name}:${index}`);
  return { name, op, input: inputs, output, attr, ...constant };
}

async function readNode(reader: MessageReader, message: ByteRange): Promise<TensorFlowNode> {
  const { bytes, separate } = await reader.split(message, [attrField]);
  const node = tensorFlowType("NodeDef").decode(bytes) as unknown as Pick<
    TensorFlowNode,
    "name" | "op" | "input"
  >;
  const attr = new Map<string, TensorFlowAttribute>();
  let constant: Pick<TensorFlowNode, "tensor" | "texts"> = {};
  for (const range of separate) {
    if (range.to - range.from <= smallBytes) {
      const entry = (await reader.split(range, [])).bytes;
      const { key, value } = tensorFlowType("AttrEntry").decode(entry) as unknown as {
        key: string;
        value?: TensorFlowAttribute;
      };
      if (value) attr.set(key, value);
      if (value?.tensor && node.op === "Const") constant = constantOf(value.tensor, node.name);
    } else if (node.op === "Const") {
      const tensor = await largeTensor(reader, range, node.name);
      constant = tensor ? { tensor } : {};
    }
  }
  return nodeFrom(node, attr, constant);
}

function constantOf(
  message: TensorMessage,
  name: string,
): Pick<TensorFlowNode, "tensor" | "texts"> {
  const tensor = valuesOf(message, name);
  if (tensor) return { tensor };
  return { texts: message.string_val.map((text) => new TextDecoder().decode(text)) };
}

async function largeTensor(
  reader: MessageReader,
  entry: ByteRange,
  name: string,
): Promise<Tensor | undefined> {
  const [value] = (await reader.split(entry, [valueField])).separate;
  const [message] = value ? (await reader.split(value, [tensorField])).separate : [];
  if (!message) throw new WeightsError(`the values of ${name} are missing`);
  const { bytes, separate } = await reader.split(message, [contentField]);
  const decoded = tensorFlowType("TensorProto").decode(bytes) as unknown as TensorMessage;
  const [content] = separate;
  if (!content) return valuesOf(decoded, name);
  return storedTensor(reader.file, content, decoded, name);
}
