import type { Dataset, File, Group } from "h5wasm";
import { WeightsError } from "../errors.ts";
import { openHdf5 } from "./hdf5.ts";
import { groupIn, readMetadata } from "./keras_metadata.ts";
import { countOf } from "../weights_file.ts";

/** An array of a Keras file. */
export interface KerasArray {
  readonly shape: readonly number[];
  /**
   * Values from one index of the first dimension to before another. They lie in libhdf5's memory, until
   * it is called again.
   */
  readonly rows: (from: number, to: number) => Float32Array;
}

/** An open Keras file: the arrays of each layer, and what this library wrote beside them. */
export interface KerasFile extends Disposable {
  readonly layers: ReadonlyMap<string, readonly KerasArray[]>;
  readonly metadata: Readonly<Record<string, string>>;
}

/**
 * Opens a Keras file by libhdf5, which damaged files can keep busy for ever: not for the main thread.
 *
 * @throws {WeightsError} For a file that is damaged or is not Keras's.
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
    // A trap is of the whole library, which is then to be given up.
    if (error instanceof WeightsError || error instanceof WebAssembly.RuntimeError) throw error;
    throw new WeightsError(`HDF5 says ${(error as Error).message}`);
  }
}

type NamedArrays = KerasFile["layers"];

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
  const layers = new Map<string, KerasArray[]>();
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

function listed(group: Group, attribute: string): string[] {
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
      `the array ${name} is of type ${dtype}, and what is read is <f, 32-bit floats`,
    );
  }
  const others = shape.slice(1).map((): [] => []);
  const rows = (from: number, to: number): Float32Array =>
    dataset.slice(shape.length > 0 ? [[from, to], ...others] : []) as Float32Array;
  return { shape, rows };
}
