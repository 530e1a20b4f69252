import type { Dataset, File, Group } from "h5wasm";
import { WeightsError } from "../errors.ts";
import { countOf } from "../weights_file.ts";
import { openHdf5 } from "./hdf5.ts";
import { groupIn, readMetadata } from "./keras_metadata.ts";

/** An array of a Keras file. */
export interface KerasArray {
  readonly shape: readonly number[];
  /**
   * Reads the rows `from` to `to` (exclusive) of the first dimension. The values are in libhdf5's memory
   * and valid only until its next call.
   */
  readonly rows: (from: number, to: number) => Float32Array;
}

/** An open Keras file: the arrays of each layer, and this library's metadata. */
export interface KerasFile extends Disposable {
  readonly layers: ReadonlyMap<string, readonly KerasArray[]>;
  readonly metadata: Readonly<Record<string, string>>;
}

/**
 * Opens a Keras file with libhdf5. A damaged file can keep libhdf5 busy forever, so call this only in a
 * worker thread.
 *
 * @throws {WeightsError} If the file is damaged or is not a Keras file.
 */
export async function openKerasFile(path: string): Promise<KerasFile> {
  const { size } = await Deno.stat(path);
  try {
    const { file, [Symbol.dispose]: close } = await openHdf5(path);
    try {
      const layers = layersOf(file);
      requireSize(layers, size);
      return { layers, metadata: readMetadata(file), [Symbol.dispose]: close };
    } catch (error) {
      close();
      throw error;
    }
  } catch (error) {
    // After a trap the library must not be used any more; the caller terminates its thread.
    if (error instanceof WeightsError || error instanceof WebAssembly.RuntimeError) throw error;
    throw new WeightsError(`HDF5: ${(error as Error).message}`);
  }
}

type NamedArrays = KerasFile["layers"];

/** Checks that the arrays are not larger than their file; Keras does not compress. */
function requireSize(arrays: NamedArrays, size: number): void {
  const all = [...arrays.values()].flat();
  const claimed = all.reduce((sum, { shape }) => sum + 4 * countOf(shape), 0);
  if (claimed === 0) throw new WeightsError("it has no weights");
  if (claimed > size) {
    throw new WeightsError(`it claims arrays of ${claimed} bytes but has only ${size}`);
  }
}

/** Lists layers by name, in the net's order, each with its arrays in Keras's order. */
function layersOf(file: File): NamedArrays {
  const root = groupIn(file, "model_weights") ?? file;
  return root.attrs["layer_names"] ? namedLayers(root) : numberedLayers(file);
}

/**
 * Reads the layout of Keras 1 and 2: attributes list the layers and the arrays of each layer; a nested
 * model counts as a layer and lists the arrays of all its layers.
 */
function namedLayers(root: Group): NamedArrays {
  const layers = new Map<string, KerasArray[]>();
  for (const name of namesIn(root, "layer_names")) {
    const group = groupIn(root, name);
    if (!group) throw new WeightsError(`layer ${name} is missing`);
    for (const weight of namesIn(group, "weight_names")) {
      const layer = `${name}/${weight.split("/").slice(0, -1).join("/")}`;
      layers.set(layer, [...layers.get(layer) ?? [], arrayIn(group, weight)]);
    }
  }
  return layers;
}

/**
 * Reads the layout of Keras 3: a layer's group has the name of its class and a number, which counts the
 * layers of the class in the net's order. Later versions also store the layer's name with its arrays.
 */
function numberedLayers(file: File): NamedArrays {
  const all = groupIn(file, "layers");
  if (!all) throw new WeightsError("it has neither layers nor layer_names");
  const number = (name: string): number => Number(/_(\d+)$/.exec(name)?.[1] ?? 0);
  const names = all.keys().sort((a, b) => number(a) - number(b));
  return new Map(names.map((name) => {
    const variables = groupIn(all, `${name}/vars`);
    const layerName = variables?.attrs["name"]?.value;
    return [
      layerName ? `${name}/${layerName}` : name,
      variables ? variables.keys().map((key) => arrayIn(variables, key)) : [],
    ];
  }));
}

function namesIn(group: Group, attribute: string): string[] {
  const value = group.attrs[attribute]?.value;
  return Array.isArray(value) ? value.map(String) : [];
}

function arrayIn(group: Group, name: string): KerasArray {
  const found = group.get(name);
  if (!found || !("slice" in found)) throw new WeightsError(`the array ${name} is missing`);
  const dataset: Dataset = found;
  const { shape, dtype } = dataset;
  if (!shape || dtype !== "<f") {
    throw new WeightsError(
      `the type of the array ${name} must be <f, 32-bit floats. Received: ${dtype}`,
    );
  }
  const others = shape.slice(1).map((): [] => []);
  const rows = (from: number, to: number): Float32Array =>
    dataset.slice(shape.length > 0 ? [[from, to], ...others] : []) as Float32Array;
  return { shape, rows };
}
