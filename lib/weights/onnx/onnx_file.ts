import { WeightsError } from "../errors.ts";
import type { FileContent } from "../file_content.ts";
import { followNodes, sortedNodes } from "../graph/follow_nodes.ts";
import { wholeImage } from "../graph/image_origin.ts";
import { LayerChain } from "../graph/layer_chain.ts";
import type { GraphValue } from "../graph/values.ts";
import { fromMetadata } from "../net.ts";
import { dirname } from "@std/path";
import { FilesBeside } from "../graph/files_beside.ts";
import { MessageReader } from "../protobuf/message_reader.ts";
import type { OnnxAttribute, OnnxNode } from "./onnx_call.ts";
import { runOnnxNode } from "./onnx_nodes.ts";
import { onnxAttribute, onnxGraph, onnxModel, onnxNode } from "./onnx_schema.ts";
import { readTensor } from "./onnx_tensors.ts";
import type { ByteRange } from "../protobuf/protobuf_fields.ts";

/** The numbers of the fields that are read separately from the rest of their message. */
const graphFields = [7];
const [nodeField, initializerField] = [1, 5];
const attributeFields = [5];
const tensorFields = [5];

// Messages as the schema decodes them; missing fields have default values.
interface Model {
  readonly metadata_props: readonly { readonly key: string; readonly value: string }[];
}

interface Graph {
  readonly input: readonly ValueInfo[];
}

interface ValueInfo {
  readonly name: string;
  readonly type?: {
    readonly tensor_type?: {
      readonly shape?: { readonly dim: readonly { readonly dim_value: unknown }[] };
    };
  };
}

/**
 * Opens an ONNX file of a VGG net, with its weights in it or in files beside it. Its nodes are followed from
 * the image to the classes; none is run. Values are read on demand.
 *
 * @throws {WeightsError} If the file is damaged or has other layers; the error names the path.
 */
export async function openOnnx(path: string): Promise<FileContent & Disposable> {
  const file = await Deno.open(path);
  const files = new FilesBeside(dirname(path));
  const close = (): void => {
    files[Symbol.dispose]();
    file.close();
  };
  try {
    const reader = new MessageReader(file);
    const { size } = await file.stat();
    const { bytes, separate } = await reader.split({ from: 0, to: size }, graphFields);
    if (separate.length !== 1) {
      throw new WeightsError(`it must have one graph. Received: ${separate.length}`);
    }
    const { metadata_props } = onnxModel.decode(bytes) as unknown as Model;
    const metadata = Object.fromEntries(metadata_props.map(({ key, value }) => [key, value]));
    const { names, layers, facts } = await readGraph(reader, files, separate[0]!, metadata);
    return { names, layers: () => layers, metadata, facts, [Symbol.dispose]: close };
  } catch (error) {
    close();
    throw new WeightsError(`${path} is not an ONNX file of a VGG net: ${(error as Error).message}`);
  }
}

async function readGraph(
  reader: MessageReader,
  files: FilesBeside,
  message: ByteRange,
  metadata: Readonly<Record<string, string>>,
): Promise<{ names: string[] } & ReturnType<LayerChain["finish"]>> {
  const { bytes, separate } = await reader.split(message, [nodeField, initializerField]);
  const { input } = onnxGraph.decode(bytes) as unknown as Graph;
  const values = new Map<string, GraphValue>();
  const names: string[] = [];
  const nodes: OnnxNode[] = [];
  for (const field of separate) {
    if (field.number === nodeField) nodes.push(await readNode(reader, files, field));
    else {
      const { name, tensor } = await readTensor(reader, files, field);
      names.push(name);
      if (tensor) values.set(name, { kind: "constant", tensor });
    }
  }
  const sorted = sortedNodes(nodes);
  const image = imageOf(sorted, input.filter(({ name }) => !names.includes(name)), values);
  const chain = new LayerChain(image?.size);
  if (image) values.set(image.name, wholeImage(image.axes, image.channels));
  await followNodes(sorted, {
    chain,
    values,
    work: (node, inputs) => runOnnxNode({ chain, node, inputs }),
    isConvolution: isConvolution,
    typeOf: ({ op_type }) => op_type,
  });
  return { names, ...chain.finish(fromMetadata(metadata)) };
}

const isConvolution = ({ op_type }: OnnxNode): boolean => op_type === "Conv";

async function readNode(
  reader: MessageReader,
  files: FilesBeside,
  message: ByteRange,
): Promise<OnnxNode> {
  const { bytes, separate } = await reader.split(message, attributeFields);
  const node = onnxNode.decode(bytes) as unknown as Omit<OnnxNode, "attributes">;
  const attributes = new Map<string, OnnxAttribute>();
  for (const range of separate) {
    const parts = await reader.split(range, tensorFields);
    const attribute = onnxAttribute.decode(parts.bytes) as unknown as OnnxAttribute;
    const [tensor] = parts.separate;
    const value = tensor ? (await readTensor(reader, files, tensor)).tensor : undefined;
    const { name, f, i, s, floats, ints } = attribute;
    attributes.set(name, { name, f, i, s, floats, ints, ...(value ? { tensor: value } : {}) });
  }
  return { ...node, name: node.name || (node.output[0] ?? ""), attributes };
}

interface GraphImage {
  readonly name: string;
  readonly axes: string;
  readonly channels: number;
  /** The side, if the graph says it. */
  readonly size?: number;
}

/** Finds the image that the first convolution reads, and the order of its dimensions: NCHW or NHWC. */
function imageOf(
  nodes: readonly OnnxNode[],
  inputs: readonly ValueInfo[],
  values: ReadonlyMap<string, GraphValue>,
): GraphImage | undefined {
  const makers = new Map(nodes.flatMap((node) => node.output.map((name) => [name, node] as const)));
  let node = nodes.find(isConvolution);
  if (!node) return undefined;
  const kernel = values.get(node.input[1] ?? "");
  let axes = [..."NCHW"];
  let name = node.input[0]!;
  // In a damaged file, nodes without inputs or names may lead back to each other.
  const seen = new Set<OnnxNode>();
  for (node = makers.get(name); node && !seen.has(node); node = makers.get(name)) {
    seen.add(node);
    const order = node.attributes.get("perm")?.ints.map(Number);
    if (node.op_type === "Transpose" && order?.length === axes.length) {
      const before: string[] = [];
      order.forEach((from, to) => before[from] = axes[to]!);
      axes = before;
    }
    const isArithmetic = /^(Add|Sub|Mul|Div)$/.test(node.op_type);
    const next = node.input.find((one) =>
      makers.has(one) || inputs.some((input) => input.name === one)
    );
    name = (isArithmetic ? next : node.input[0]) ?? "";
  }
  const found = inputs.find((input) => input.name === name);
  if (!found) return undefined;
  const lengths = (found.type?.tensor_type?.shape?.dim ?? []).map(({ dim_value }) =>
    Number(dim_value)
  );
  const at = (letter: string): number => lengths[axes.indexOf(letter)] ?? 0;
  const size = at("H");
  if (size !== at("W")) {
    throw new WeightsError(`its images must be square. Received: ${size}×${at("W")}`);
  }
  return {
    name,
    axes: axes.join(""),
    channels: at("C") || (kernel?.kind === "constant" && kernel.tensor.shape[1]) || 3,
    ...(size > 0 ? { size } : {}),
  };
}
