import { dirname } from "@std/path";
import { z } from "zod";
import { WeightsError } from "../errors.ts";
import type { FileContent } from "../file_content.ts";
import { FilesBeside } from "../graph/files_beside.ts";
import type { OpenGroup } from "../keras/keras_layers.ts";
import { readKerasModel } from "../keras/keras_model_file.ts";
import { nodeFrom, type TensorFlowNode } from "./graph_def.ts";
import { layersOfGraph } from "./read_graph.ts";
import { textsIn } from "./saved_model.ts";
import { tensorFlowType } from "./schema.ts";
import { manifestSchema, type TfjsTensor, tfjsTensors } from "./tfjs_weights.ts";

/** A description of VGG19's graph takes some 100 KB. */
const maxJsonBytes = 2 ** 26;

const modelSchema = z.object({
  format: z.string().optional(),
  modelTopology: z.looseObject({}),
  weightsManifest: manifestSchema,
  userDefinedMetadata: z.unknown().optional(),
});

type Model = z.infer<typeof modelSchema>;

/**
 * Opens a VGG net that was saved or converted for TensorFlow.js: `model.json` with files of values beside it.
 * Values are read on demand.
 *
 * @throws {WeightsError} If it is damaged or has other layers; the error names the path.
 */
export async function openTfjs(path: string): Promise<FileContent & Disposable> {
  const files = new FilesBeside(dirname(path));
  const dispose = (): void => files[Symbol.dispose]();
  try {
    const model = await readModel(path);
    const notes: string[] = [];
    const tensors = await tfjsTensors(model.weightsManifest, files, notes);
    const metadata = textsIn(model.userDefinedMetadata);
    const { facts = {}, ...content } = await contentOf(model, tensors, { metadata, path });
    return {
      ...content,
      names: tensors.map(({ name }) => name),
      metadata,
      facts: { ...facts, notes: [...facts.notes ?? [], ...notes] },
      [Symbol.dispose]: dispose,
    };
  } catch (error) {
    dispose();
    const { message } = error as Error;
    if (error instanceof WeightsError && message.startsWith(path)) throw error;
    const text = error instanceof z.ZodError ? "its format is not that of TensorFlow.js" : message;
    throw new WeightsError(`${path} is not a VGG net for TensorFlow.js: ${text}`);
  }
}

async function readModel(path: string): Promise<Model> {
  const { size } = await Deno.stat(path);
  if (size > maxJsonBytes) {
    throw new WeightsError(`it must have at most ${maxJsonBytes} bytes. Received: ${size}`);
  }
  return modelSchema.parse(JSON.parse(await Deno.readTextFile(path)));
}

async function contentOf(
  { format, modelTopology: topology }: Model,
  tensors: readonly TfjsTensor[],
  { metadata, path }: { metadata: Readonly<Record<string, string>>; path: string },
): Promise<Pick<FileContent, "layers" | "facts">> {
  if (format === "graph-model" || Array.isArray(topology["node"])) {
    const { layers, facts } = await layersOfGraph(
      { nodes: nodesOf(topology, tensors), functions: new Map() },
      {},
    );
    return { layers: () => layers, facts };
  }
  const config = topology["model_config"] ?? topology;
  const groups = groupsOf(tensors, outerModels(config));
  return await readKerasModel(
    { layout: "named", groups, config: JSON.stringify(config, kerasClass), metadata },
    path,
  );
}

/** Keras's classes for this library's, which are in models that TensorFlow.js saves. */
const kerasClasses: ReadonlyMap<unknown, string> = new Map([
  ["FusedBatchNormalization", "BatchNormalization"],
  ["SeededDropout", "Dropout"],
]);

function kerasClass(key: string, value: unknown): unknown {
  return key === "class_name" ? kerasClasses.get(value) ?? value : value;
}

/** The arrays by layers, whose names are those of the arrays before the last slash. */
function groupsOf(
  tensors: readonly TfjsTensor[],
  outer: ReadonlyMap<string, string>,
): OpenGroup[] {
  const byLayer = Map.groupBy(tensors, ({ name }) => name.split("/").slice(0, -1).join("/"));
  return [...byLayer].map(([path, arrays]) => {
    const layer = path.split("/").at(-1)!;
    return {
      path: [outer.get(layer) ?? path.split("/")[0]!, layer],
      arrays: arrays.map(({ name, tensor }) => ({
        ...tensor,
        name: name.split("/").at(-1)!,
        type: "<f",
      })),
    };
  });
}

const modelConfig = z.object({
  config: z.object({ layers: z.array(z.looseObject({ config: z.looseObject({}) })) }),
});

/** The outermost nested model of each layer that is in one; names of arrays do not have it. */
function outerModels(config: unknown, outer?: string): Map<string, string> {
  const found = new Map<string, string>();
  const { data } = modelConfig.safeParse(config);
  for (const layer of data?.config.layers ?? []) {
    const name = String(layer.config["name"]);
    if (outer !== undefined) found.set(name, outer);
    for (const [inner, model] of outerModels(layer, outer ?? name)) found.set(inner, model);
  }
  return found;
}

/** The nodes of a graph in JSON, whose constants are in the files of values. */
function nodesOf(topology: object, tensors: readonly TfjsTensor[]): TensorFlowNode[] {
  const values = new Map(tensors.map(({ name, tensor }) => [name, tensor]));
  const { node } = tensorFlowType("GraphDef").fromObject(topology) as unknown as {
    node: readonly {
      name: string;
      op: string;
      input: string[];
      attr: Readonly<
        Record<string, TensorFlowNode["attr"] extends ReadonlyMap<string, infer V> ? V : never>
      >;
    }[];
  };
  return node.map(({ attr, ...one }) => {
    const tensor = values.get(one.name);
    return nodeFrom(one, new Map(Object.entries(attr)), tensor ? { tensor } : {});
  });
}
