import type { Dataset, File, Group } from "h5wasm";
import { WeightsError } from "./errors.ts";
import { openHdf5 } from "./hdf5.ts";
import type { LayerArrays, LayersInOrder } from "./name_layers.ts";
import { countOf, type RowArray, rowArray } from "./stored_weights.ts";

/** What is copied out of libhdf5's memory at once. */
const partBytes = 2 ** 22;

/** The weights of a Keras file, layer by layer. */
export interface KerasWeights extends Disposable {
  readonly layers: () => LayersInOrder;
  /** What this library wrote beside the model. */
  readonly metadata: Readonly<Record<string, string>>;
}

type NamedArrays = ReadonlyMap<string, readonly RowArray[]>;

/**
 * Opens a Keras file in HDF5: `.weights.h5` of Keras 3, or `.h5` of whole models or of weights alone, as
 * Keras's applications have them. Values are read when they are asked for.
 *
 * @throws {WeightsError} With the path, for a file that is damaged or is not Keras's.
 */
export async function openKeras(path: string): Promise<KerasWeights> {
  const { size } = await Deno.stat(path);
  try {
    const { file, [Symbol.dispose]: close } = await openHdf5(path);
    try {
      const arrays = layersOf(file);
      requireSize(arrays, size);
      return {
        layers: () => inOrder(arrays),
        metadata: readMetadata(file),
        [Symbol.dispose]: close,
      };
    } catch (error) {
      close();
      throw error;
    }
  } catch (error) {
    const { message } = error as Error;
    const what = error instanceof WeightsError ? message : `HDF5 says ${message}`;
    throw new WeightsError(`${path} is no Keras file: ${what}`);
  }
}

/** Keras compresses nothing: arrays that are larger than their file are not in it. */
function requireSize(arrays: NamedArrays, size: number): void {
  const all = [...arrays.values()].flat();
  const claimed = all.reduce((sum, { shape }) => sum + 4 * countOf(shape), 0);
  if (claimed === 0) throw new WeightsError("it holds no weights");
  if (claimed > size) throw new WeightsError(`its arrays are ${claimed} bytes, and it has ${size}`);
}

/** Layers by name, in the net's order, each with its arrays in Keras's order. */
function layersOf(file: File): NamedArrays {
  const root = groupIn(file, "model_weights") ?? file;
  return root.attrs["layer_names"] ? namedLayers(root) : numberedLayers(file);
}

/** Keras 1 and 2: attributes list the layers, and each layer's arrays; nested models list those of all. */
function namedLayers(root: Group): NamedArrays {
  const layers = new Map<string, RowArray[]>();
  for (const name of listed(root, "layer_names")) {
    const group = groupIn(root, name);
    if (!group) throw new WeightsError(`layer ${name} is missing`);
    for (const weight of listed(group, "weight_names")) {
      const own = `${name}/${weight.split("/").slice(0, -1).join("/")}`;
      layers.set(own, [...layers.get(own) ?? [], arrayIn(group, weight)]);
    }
  }
  return layers;
}

/** Keras 3: layers lie under their class's name with a number, in the net's order for each class. */
function numberedLayers(file: File): NamedArrays {
  const all = groupIn(file, "layers");
  if (!all) throw new WeightsError("it has neither layers nor layer_names");
  const number = (name: string): number => Number(/_(\d+)$/.exec(name)?.[1] ?? 0);
  const names = all.keys().sort((a, b) => number(a) - number(b));
  return new Map(names.map((name) => {
    const variables = groupIn(all, `${name}/vars`);
    return [name, variables ? variables.keys().map((key) => arrayIn(variables, key)) : []];
  }));
}

function inOrder(layers: NamedArrays): LayersInOrder {
  const convolutions: LayerArrays[] = [];
  const normalizations: LayerArrays[] = [];
  const dense: LayerArrays[] = [];
  for (const [name, arrays] of layers) {
    const [kernel, bias, mean, variance] = arrays;
    if (!kernel) continue;
    const ranks = arrays.map(({ shape }) => shape.length).join(" ");
    const kernelAndBias = { kernel, ...(bias ? { bias } : {}) };
    if (ranks === "4 1" || ranks === "4") convolutions.push(kernelAndBias);
    else if (ranks === "2 1" || ranks === "2") dense.push(kernelAndBias);
    else if (ranks === "1 1 1 1") {
      const [gamma, beta] = [kernel, bias!];
      normalizations.push({ gamma, beta, moving_mean: mean!, moving_variance: variance! });
    } else {
      const shapes = arrays.map(({ shape }) => `[${shape}]`).join(", ");
      throw new WeightsError(`layer ${name} is none that a VGG net has, with arrays of ${shapes}`);
    }
  }
  return { convolutions, normalizations, dense };
}

/** Attributes of HDF5 are short; a list of many classes is not. */
const metadataGroup = "vgg_metadata";

/** Writes texts beside a model, where Keras does not look. */
export function writeMetadata(file: File, metadata: Readonly<Record<string, string>>): void {
  const group = file.create_group(metadataGroup);
  for (const [name, data] of Object.entries(metadata)) group.create_dataset({ name, data });
}

function readMetadata(file: File): Record<string, string> {
  const group = groupIn(file, metadataGroup);
  const names = group?.keys() ?? [];
  return Object.fromEntries(names.flatMap((name) => {
    const text = group?.get(name);
    return text && "slice" in text ? [[name, String(text.value)]] : [];
  }));
}

function listed(group: Group, attribute: string): string[] {
  const value = group.attrs[attribute]?.value;
  return Array.isArray(value) ? value.map(String) : [];
}

function groupIn(parent: Group, name: string): Group | undefined {
  const found = parent.get(name);
  return found && "keys" in found ? found : undefined;
}

function arrayIn(group: Group, name: string): RowArray {
  const found = group.get(name);
  if (!found || !("slice" in found)) throw new WeightsError(`the array ${name} is missing`);
  const dataset: Dataset = found;
  const { shape, dtype } = dataset;
  if (!shape || dtype !== "<f") {
    throw new WeightsError(
      `the array ${name} is of type ${dtype}, and what is read is <f, 32-bit floats`,
    );
  }
  const perRow = countOf(shape.slice(1));
  const { rows } = rowArray(shape, (start, count) => Promise.resolve(valuesOf(start, count)));
  return { shape, rows, read: () => rows(0, shape[0] ?? 1) };

  function valuesOf(start: number, count: number): Float32Array<ArrayBuffer> {
    const values = new Float32Array(count);
    const atOnce = Math.max(1, Math.floor(partBytes / 4 / perRow));
    const [first, last] = [start / perRow, (start + count) / perRow];
    for (let from = first; from < last; from += atOnce) {
      const to = Math.min(last, from + atOnce);
      const part = dataset.slice([
        [from, to] as [number, number],
        ...shape!.slice(1).map((): [] => []),
      ]) as Float32Array;
      values.set(part, (from - first) * perRow);
    }
    return values;
  }
}
