import { dirname, join } from "@std/path";
import { isFile } from "../../data/sources/folders.ts";
import { WeightsError } from "../errors.ts";
import type { FileContent } from "../file_content.ts";
import { fromMetadata } from "../net.ts";
import { MessageReader } from "../protobuf/message_reader.ts";
import type { ByteRange } from "../protobuf/protobuf_fields.ts";
import { readGraph } from "./graph_def.ts";
import { layersOfGraph } from "./read_graph.ts";
import { tensorFlowType } from "./schema.ts";
import { openTensorBundle, type TensorBundle } from "./tensor_bundle.ts";

/** Where this library describes the net in a SavedModel; TensorFlow leaves such files to their users. */
export const descriptionFile = join("assets.extra", "vgg.json");

const maxDescriptionBytes = 2 ** 20;
const [metaGraphField, graphField] = [2, 2];

/** What the other fields of a `MetaGraphDef` say. */
interface MetaGraph {
  readonly meta_info_def?: { readonly tags: readonly string[] };
  readonly signature_def: Readonly<
    Record<string, { readonly outputs: Readonly<Record<string, { readonly name: string }>> }>
  >;
}

/**
 * Opens a SavedModel of a VGG net, whose weights are constants of its graph or in its folder `variables`.
 * Its graph is followed from the image to the classes; nothing in it is run.
 *
 * @param path The path of `saved_model.pb`.
 * @throws {WeightsError} If it is damaged or has other layers; the error names the path.
 */
export async function openSavedModel(path: string): Promise<FileContent & Disposable> {
  return await openGraphFile(path, "a SavedModel", async (reader, all) => {
    const folder = dirname(path);
    const metadata = await metadataIn(folder);
    const { bytes, graph } = await metaGraphOf(reader, all);
    const { signature_def } = tensorFlowType("MetaGraphDef").decode(bytes) as unknown as MetaGraph;
    const signature = signature_def["serving_default"] ??
      Object.values(signature_def).find(({ outputs }) => Object.keys(outputs).length > 0);
    const outputs = Object.values(signature?.outputs ?? {}).map(({ name }) => name);
    if (outputs.length > 1) {
      throw new WeightsError(`it gives ${outputs.length} outputs; a VGG net gives one`);
    }
    const bundle = await isFile(join(folder, "variables", "variables.index"))
      ? await openTensorBundle(join(folder, "variables"))
      : undefined;
    return { graph, metadata, bundle, ...(outputs.length > 0 ? { outputs } : {}) };
  });
}

/**
 * Opens a file of one graph of TensorFlow, a frozen `.pb`, whose weights are its constants.
 *
 * @throws {WeightsError} If it is damaged or has other layers; the error names the path.
 */
export async function openFrozenGraph(path: string): Promise<FileContent & Disposable> {
  return await openGraphFile(
    path,
    "a frozen graph of TensorFlow",
    (_, graph) => Promise.resolve({ graph, metadata: {}, bundle: undefined }),
  );
}

interface FoundGraph {
  readonly graph: ByteRange;
  readonly metadata: Readonly<Record<string, string>>;
  readonly bundle: TensorBundle | undefined;
  readonly outputs?: readonly string[];
}

async function openGraphFile(
  path: string,
  kind: string,
  find: (reader: MessageReader, all: ByteRange) => Promise<FoundGraph>,
): Promise<FileContent & Disposable> {
  const file = await Deno.open(path);
  let bundle: TensorBundle | undefined;
  const close = (): void => {
    bundle?.[Symbol.dispose]();
    file.close();
  };
  try {
    const reader = new MessageReader(file);
    const found = await find(reader, { from: 0, to: (await file.stat()).size });
    bundle = found.bundle;
    const { metadata, outputs } = found;
    const graph = await readGraph(reader, found.graph);
    const { layers, facts } = await layersOfGraph(graph, {
      outputs,
      checkpoint: bundle?.tensors,
      description: fromMetadata(metadata),
    });
    const names = graph.nodes.map(({ name }) => name);
    return { names, layers: () => layers, metadata, facts, [Symbol.dispose]: close };
  } catch (error) {
    close();
    throw new WeightsError(`${path} is not ${kind} of a VGG net: ${(error as Error).message}`);
  }
}

async function metaGraphOf(
  reader: MessageReader,
  all: ByteRange,
): Promise<{ bytes: Uint8Array; graph: ByteRange }> {
  const metaGraphs = (await reader.split(all, [metaGraphField])).separate;
  for (const one of metaGraphs) {
    const { bytes, separate: [graph] } = await reader.split(one, [graphField]);
    const { meta_info_def } = tensorFlowType("MetaGraphDef").decode(bytes) as unknown as MetaGraph;
    if (graph && (metaGraphs.length === 1 || meta_info_def?.tags.includes("serve"))) {
      return { bytes, graph };
    }
  }
  throw new WeightsError(`it must have a graph for serving. Received: ${metaGraphs.length} graphs`);
}

/** Reads the description that this library wrote. */
async function metadataIn(folder: string): Promise<Record<string, string>> {
  const path = join(folder, descriptionFile);
  if (!await isFile(path)) return {};
  if ((await Deno.stat(path)).size > maxDescriptionBytes) {
    throw new WeightsError(`${descriptionFile} must have at most ${maxDescriptionBytes} bytes`);
  }
  return textsIn(JSON.parse(await Deno.readTextFile(path)));
}

/** Returns the texts of an object of JSON. */
export function textsIn(object: unknown): Record<string, string> {
  if (typeof object !== "object" || object === null) return {};
  return Object.fromEntries(
    Object.entries(object).filter((entry): entry is [string, string] =>
      typeof entry[1] === "string"
    ),
  );
}
