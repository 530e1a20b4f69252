import { crc32, deflateRawSync } from "node:zlib";
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

/** An entry of a zip file. */
export type Entry = readonly [name: string, bytes: Uint8Array];

/** Returns a zip file, as Keras writes it without compression. */
export function zipFile(entries: readonly Entry[], isCompressed = false): Uint8Array {
  const parts: Uint8Array[] = [];
  const directory: Uint8Array[] = [];
  let position = 0;
  for (const [name, bytes] of entries) {
    const stored = isCompressed ? deflateRawSync(bytes) : bytes;
    const fields = new DataView(new ArrayBuffer(26));
    fields.setUint16(0, 20, true);
    fields.setUint16(4, isCompressed ? 8 : 0, true);
    fields.setUint32(10, crc32(bytes), true);
    fields.setUint32(14, stored.length, true);
    fields.setUint32(18, bytes.length, true);
    fields.setUint16(22, name.length, true);
    const common = new Uint8Array(fields.buffer);
    const text = new TextEncoder().encode(name);
    const local = [Uint8Array.of(0x50, 0x4b, 3, 4), common, text, stored];
    const rest = new DataView(new ArrayBuffer(14));
    rest.setUint32(10, position, true);
    directory.push(
      ...[Uint8Array.of(0x50, 0x4b, 1, 2, 20, 0), common, new Uint8Array(rest.buffer), text],
    );
    parts.push(...local);
    position += lengthOf(local);
  }
  const end = new DataView(new ArrayBuffer(22));
  end.setUint32(0, 0x06054b50, true);
  end.setUint16(8, entries.length, true);
  end.setUint16(10, entries.length, true);
  end.setUint32(12, lengthOf(directory), true);
  end.setUint32(16, position, true);
  const all = [...parts, ...directory, new Uint8Array(end.buffer)];
  const zip = new Uint8Array(lengthOf(all));
  let at = 0;
  for (const part of all) {
    zip.set(part, at);
    at += part.length;
  }
  return zip;
}

function lengthOf(parts: readonly Uint8Array[]): number {
  return parts.reduce((sum, { length }) => sum + length, 0);
}
