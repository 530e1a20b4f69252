import { join } from "@std/path";
import protobuf from "protobufjs";
import { resolveVGGOptions } from "../../../lib/vgg/options.ts";
import { frozenGraph, type GraphNode, toShape } from "../../../lib/weights/export/frozen_graph.ts";
import { tensorFlowType } from "../../../lib/weights/tensorflow/schema.ts";
import type { FormulaNet } from "../onnx/write_graph.ts";

const encode = (type: string, message: object): Uint8Array =>
  tensorFlowType(type).encode(message).finish();
const text = (value: string): { s: Uint8Array } => ({ s: new TextEncoder().encode(value) });

/** Gives the nodes of a net whose weights are constants. */
export async function frozenNodes({ network, arrays }: FormulaNet): Promise<GraphNode[]> {
  const stored = new Map([...arrays].map(([name, { shape, values }]) => [name, {
    shape,
    read: () => Promise.resolve(Float32Array.from(values)),
  }]));
  return await frozenGraph(resolveVGGOptions(network), stored);
}

/** Writes a graph whose weights are constants, as TensorFlow 1 froze nets. */
export async function writeFrozen(path: string, net: FormulaNet): Promise<void> {
  await Deno.writeFile(path, encode("GraphDef", { node: await frozenNodes(net) }));
}

/**
 * Writes a SavedModel as Keras does: functions within functions read variables, whose values are in a
 * checkpoint under other names; a function restores them.
 */
export async function writeVariables(folder: string, net: FormulaNet): Promise<void> {
  const { nodes, names } = withVariables(await frozenNodes(net));
  const call = (name: string, f: string, input: readonly string[]): object => ({
    name,
    op: "StatefulPartitionedCall",
    input,
    attr: { f: { func: { name: f } } },
  });
  const handles = names.map((name) => ({
    name: `handle/${name}`,
    op: "VarHandleOp",
    attr: { shared_name: text(`shared/${name}`) },
  }));
  const { inputSize, channels = 3 } = net.network;
  const args = names.map((name) => `handle/${name}`);
  const graph = {
    node: [
      {
        name: "serving_images",
        op: "Placeholder",
        attr: { shape: { shape: toShape([-1, inputSize, inputSize, channels]) } },
      },
      ...handles,
      call("call", "wrapper", ["serving_images", ...args]),
      call("restored", "restore", args),
    ],
    library: { function: functionsOf(nodes, names) },
  };
  const signature = { outputs: { output_0: { name: "call:0" } } };
  const metaGraph = {
    meta_info_def: { tags: ["serve"] },
    graph_def: graph,
    signature_def: { serving_default: signature },
  };
  await Deno.mkdir(join(folder, "variables"), { recursive: true });
  await Deno.writeFile(
    join(folder, "saved_model.pb"),
    encode("SavedModel", { saved_model_schema_version: 1, meta_graphs: [metaGraph] }),
  );
  await writeCheckpoint(join(folder, "variables"), net, names);
}

/** Replaces the constants that are weights by nodes that read a variable. */
function withVariables(nodes: readonly GraphNode[]): { nodes: object[]; names: string[] } {
  const names = nodes.filter(({ op, name }) => op === "Const" && !/(axes|shape)$/.test(name)).map((
    { name },
  ) => name);
  const read = nodes.filter(({ op }) => op !== "Placeholder").map((node) =>
    names.includes(node.name)
      ? { name: node.name, op: "ReadVariableOp", input: [`variable ${names.indexOf(node.name)}`] }
      : { ...node, input: node.input.map((input) => input === "images" ? input : `${input}:out:0`) }
  );
  return { nodes: read, names };
}

function functionsOf(nodes: readonly object[], names: readonly string[]): object[] {
  const input = names.map((_, index) => ({ name: `variable ${index}` }));
  const images = { name: "images" };
  const assign = names.flatMap((_, index) => [
    { name: `identity ${index}`, op: "Identity", input: [`RestoreV2:tensors:${index}`] },
    {
      name: `assign ${index}`,
      op: "AssignVariableOp",
      input: [`variable ${index}`, `identity ${index}:output:0`],
    },
  ]);
  const keys = {
    name: "keys",
    op: "Const",
    attr: {
      value: {
        tensor: {
          dtype: 7,
          tensor_shape: toShape([names.length]),
          string_val: names.map((_, index) => new TextEncoder().encode(keyOf(index))),
        },
      },
    },
  };
  const signature = (name: string, input_arg: object[], outputs: string[]): object => ({
    name,
    input_arg,
    output_arg: outputs.map((output) => ({ name: output })),
  });
  return [
    {
      signature: signature("wrapper", [images, ...input], ["output"]),
      node_def: [{
        name: "inner",
        op: "StatefulPartitionedCall",
        input: ["images", ...input.map(({ name }) => name)],
        attr: { f: { func: { name: "net" } } },
      }],
      ret: { output: "inner:output:0" },
    },
    {
      signature: signature("net", [images, ...input], ["result"]),
      node_def: nodes,
      ret: { result: "probabilities:softmax:0" },
    },
    {
      signature: signature("restore", input, []),
      node_def: [
        keys,
        { name: "RestoreV2", op: "RestoreV2", input: ["prefix", "keys:output:0", "slices"] },
        ...assign,
      ],
    },
  ];
}

const keyOf = (index: number): string => `variables/${index}/.ATTRIBUTES/VARIABLE_VALUE`;

/** Writes arrays as a checkpoint of TensorFlow: a table of LevelDB and a file of values. */
async function writeCheckpoint(
  folder: string,
  { arrays }: FormulaNet,
  names: readonly string[],
): Promise<void> {
  const parts: Uint8Array<ArrayBuffer>[] = [];
  let offset = 0;
  const entries = names.map((name, index): [string, Uint8Array] => {
    const { shape, values } = arrays.get(name)!;
    const bytes = new Uint8Array(Float32Array.from(values).buffer);
    const entry = { dtype: 1, shape: toShape(shape), offset, size: bytes.length };
    offset += bytes.length;
    parts.push(bytes);
    return [keyOf(index), encode("BundleEntryProto", entry)];
  });
  const header: [string, Uint8Array] = ["", encode("BundleHeaderProto", { num_shards: 1 })];
  const sorted = [header, ...entries].sort(([a], [b]) => a < b ? -1 : 1);
  await Deno.writeFile(join(folder, "variables.index"), tableOf(sorted));
  await Deno.writeFile(
    join(folder, "variables.data-00000-of-00001"),
    await new Blob(parts).bytes(),
  );
}

/** A table with one block of entries, of which each shares the start of its key with the one before. */
function tableOf(entries: readonly (readonly [string, Uint8Array])[]): Uint8Array {
  const data = blockOf(entries);
  const metadata = blockOf([]);
  const handle = (at: number, { length }: Uint8Array): Uint8Array =>
    protobuf.Writer.create().uint64(at).uint64(length - 5).finish();
  const index = blockOf([["~", handle(0, data)]]);
  const footer = new Uint8Array(48);
  footer.set([
    ...handle(data.length, metadata),
    ...handle(data.length + metadata.length, index),
  ]);
  footer.set([0x57, 0xfb, 0x80, 0x8b, 0x24, 0x75, 0x47, 0xdb], 40);
  return Uint8Array.of(...data, ...metadata, ...index, ...footer);
}

function blockOf(entries: readonly (readonly [string, Uint8Array])[]): Uint8Array {
  const bytes: number[] = [];
  let before = "";
  for (const [key, value] of entries) {
    let shared = 0;
    while (shared < before.length && before[shared] === key[shared]) shared += 1;
    const own = new TextEncoder().encode(key.slice(shared));
    const lengths = protobuf.Writer.create().uint32(shared).uint32(own.length)
      .uint32(value.length).finish();
    bytes.push(...lengths, ...own, ...value);
    before = key;
  }
  // One place where a key is whole, their number, no compression and a checksum that is not read.
  return Uint8Array.of(...bytes, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0);
}
