import type { File, Group } from "h5wasm";

/** A group, because HDF5's attributes are too short for a list of many classes. */
const metadataGroup = "vgg_metadata";

/** Writes this library's metadata next to a model; Keras ignores it. */
export function writeMetadata(file: File, metadata: Readonly<Record<string, string>>): void {
  const group = file.create_group(metadataGroup);
  for (const [name, data] of Object.entries(metadata)) group.create_dataset({ name, data });
}

/** Reads the metadata that {@linkcode writeMetadata} wrote. */
export function readMetadata(file: File): Record<string, string> {
  const group = groupIn(file, metadataGroup);
  const names = group?.keys() ?? [];
  return Object.fromEntries(names.flatMap((name) => {
    const text = group?.get(name);
    return text && "slice" in text ? [[name, String(text.value)]] : [];
  }));
}

/** Returns the group of a name, if it exists. */
export function groupIn(parent: Group, name: string): Group | undefined {
  const found = parent.get(name);
  return found && "keys" in found ? found : undefined;
}
