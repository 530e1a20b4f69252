import { oneLine } from "../../display/format.ts";
import { WeightsError } from "../errors.ts";
import type { FileFacts } from "../file_content.ts";
import type { LayersInOrder } from "../name_layers.ts";
import { countOf } from "../weights_file.ts";
import type { KerasContents } from "./keras_contents.ts";
import { arraysOf, layersByRank, layersOfModel, type OpenGroup } from "./keras_layers.ts";
import { type ModelLayer, readModelConfig } from "./model/config.ts";
import { jsonFields, jsonText, parseJson } from "./model/json.ts";
import { type Pixels, preprocessingOfPixels } from "./model/pixels.ts";
import { type Trace, traceModel } from "./model/trace.ts";
import { findVGG } from "./model/vgg.ts";

/** What is known of the model in a file. */
interface KerasModelFile {
  readonly layers: () => LayersInOrder;
  readonly facts: FileFacts;
}

/** The contents of an open file. */
type OpenContents = Omit<KerasContents, "groups"> & { readonly groups: readonly OpenGroup[] };

/**
 * Finds the layers of the model in a file: by the configuration of the model, if the file has it, else by
 * the shapes of its arrays.
 *
 * @throws {WeightsError} If the model is not a VGG net; the error names the path.
 */
export async function readKerasModel(
  contents: OpenContents,
  path: string,
): Promise<KerasModelFile> {
  try {
    return await modelIn(contents);
  } catch (error) {
    if (!(error instanceof WeightsError)) throw error;
    throw new WeightsError(`${path} does not hold a VGG net: ${error.message}`);
  }
}

async function modelIn(contents: OpenContents): Promise<KerasModelFile> {
  const { config, groups, layout, metadata } = contents;
  // This library wrote files with metadata, in which the order of the layers is known.
  if (Object.keys(metadata).length > 0) return byRank(groups);
  if (config === undefined) return assumed(byRank(groups));
  const trace = await traceOf(config, contents);
  if (typeof trace === "string") return assumed(byRank(groups, [trace]));
  const facts = factsOf(trace.pixels);
  const vgg = findVGG(trace.layers, facts.inputSize);
  const layers = layersOfModel(groups, layout, vgg);
  const notes = [...facts.notes ?? [], ...vgg.facts.notes ?? []];
  return { layers: () => layers, facts: { ...vgg.facts, ...facts, notes } };
}

/** Follows the model, or says why that is not possible. */
async function traceOf(
  config: string,
  { groups, layout }: OpenContents,
): Promise<Trace | string> {
  const order = "the order of its layers was assumed to be that of their names";
  // The configurations of Keras 1 have other names.
  if (config.includes('"border_mode"')) return `it was written by Keras 1: ${order}`;
  const json = parseJson(config, "its configuration");
  const model = readModelConfig(json);
  const { class_name: className } = jsonFields(json);
  if (!className) throw new WeightsError("its configuration is not that of a model");
  if (!model) return `its model is a class of its own, ${jsonText(className)}: ${order}`;
  const readValues = (layer: ModelLayer): Promise<number[][]> =>
    Promise.all(
      arraysOf(groups, layout, layer)
        .filter(({ shape, type }) => countOf(shape) <= 16 && /^<[efd]$/.test(type))
        .map(async ({ read }) => [...await read()]),
    );
  const trace = await traceModel(model, readValues);
  if (trace.layers.length > 0 || trace.pixels.unknown.length === 0) return trace;
  return `its layer ${trace.pixels.unknown[0]} does not list its layers: ${order}`;
}

function byRank(groups: readonly OpenGroup[], notes: readonly string[] = []): KerasModelFile {
  const { notes: more, ...layers } = layersByRank(groups);
  return { layers: () => layers, facts: { notes: [...notes, ...more] } };
}

/** Adds what is assumed of the layers of a file that does not describe its model. */
function assumed({ layers, facts: { notes = [] } }: KerasModelFile): KerasModelFile {
  if (layers().normalizations.length === 0) return { layers, facts: { notes } };
  const order = "its batch normalization was assumed before ReLU, with an epsilon of 0.001";
  return { layers, facts: { notes: [...notes, order] } };
}

/** What the layers before the first convolution say. */
function factsOf(pixels: Pixels): FileFacts {
  const [height, width] = pixels.size;
  const preprocessing = preprocessingOfPixels(pixels);
  const inputSize = height && width ? Math.min(height, width) : undefined;
  const { skipped, unknown, isChanged, assumed } = pixels;
  const isUnknown = unknown.length > 0;
  const notes = [
    ...pixels.notes,
    ...(assumed && preprocessing ? [assumed] : []),
    ...(skipped.length > 0 ? [`${leftOut(skipped)}: images change in training only`] : []),
    ...(isUnknown ? [`${leftOut(unknown)}: the effect on images is not known`] : []),
    ...(isChanged && !isUnknown && !preprocessing
      ? ["its layers before the first convolution are left out: they mix colors in another way"]
      : []),
    ...(inputSize && height !== width
      ? [`its input of ${height}×${width} px is not square: assumed ${inputSize} px`]
      : []),
  ];
  return {
    ...(inputSize ? { inputSize } : {}),
    ...(preprocessing ? { preprocessing } : {}),
    notes: notes.map((note) => oneLine(note)),
  };
}

function leftOut(layers: readonly string[]): string {
  const names = layers.join(", ");
  return layers.length === 1
    ? `its layer ${names} is left out`
    : `its layers ${names} are left out`;
}
