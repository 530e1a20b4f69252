import type { Group } from "h5wasm";
import { writeHdf5 } from "../../../lib/weights/keras/hdf5.ts";

/** An array to write. */
export interface Values {
  readonly shape: readonly number[];
  readonly data: Float32Array;
}

/** A layer to write: its name, and its arrays by their names in the file. */
export type NamedArrays = readonly (readonly [string, readonly (readonly [string, Values])[]])[];

export interface NamedOptions {
  /** The configuration of the model, for a file of a whole model. */
  readonly config?: unknown;
  /** In how many attributes the lists of names are. */
  readonly parts?: number;
}

/** Writes the layout of Keras 1 and 2. */
export async function writeNamed(
  path: string,
  layers: NamedArrays,
  { config, parts = 1 }: NamedOptions = {},
): Promise<void> {
  await writeHdf5(path, (file) => {
    if (config) file.create_attribute("model_config", JSON.stringify(config));
    const root = config ? file.create_group("model_weights") : file as Group;
    writeNames(root, "layer_names", layers.map(([name]) => name), parts);
    for (const [layer, arrays] of layers) {
      const group = root.create_group(layer);
      writeNames(group, "weight_names", arrays.map(([name]) => name), parts);
      for (const [name, values] of arrays) writeArray(group, name.split("/"), values);
    }
    return Promise.resolve();
  });
}

function writeNames(group: Group, attribute: string, names: string[], parts: number): void {
  const length = Math.ceil(names.length / parts);
  for (let part = 0; part < parts; part++) {
    const some = names.slice(part * length, (part + 1) * length);
    const name = parts > 1 ? `${attribute}${part}` : attribute;
    if (some.length > 0) group.create_attribute(name, some);
    // h5wasm cannot write an empty list of texts.
    else group.create_attribute(name, new Float64Array(), [0], "<d");
  }
}

/** A group to write in the layout of Keras 3: its path, and its arrays. */
export type NumberedArrays = readonly (readonly [string, readonly Values[]])[];

/** Writes the layout of Keras 3. */
export async function writeNumbered(path: string, groups: NumberedArrays): Promise<void> {
  await writeHdf5(path, (file) => {
    for (const [name, arrays] of groups) {
      arrays.forEach((values, index) =>
        writeArray(file, [...name.split("/"), "vars", `${index}`], values)
      );
    }
    return Promise.resolve();
  });
}

function writeArray(group: Group, path: readonly string[], { shape, data }: Values): void {
  const [name, ...rest] = path;
  if (rest.length === 0) {
    group.create_dataset({ name: name!, data, shape: [...shape], dtype: "<f4" });
    return;
  }
  const inner = group.get(name!) ?? group.create_group(name!);
  writeArray(inner as Group, rest, { shape, data });
}
