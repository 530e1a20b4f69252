import type { File, Group } from "h5wasm";

/** Attributes of HDF5 are short; a list of many classes is not. */
const metadataGroup = "vgg_metadata";

/** Writes texts beside a model, where Keras does not look. */
export function writeMetadata(file: File, metadata: Readonly<Record<string, string>>): void {
  const group = file.create_group(metadataGroup);
  for (const [name, data] of Object.entries(metadata)) group.create_dataset({ name, data });
}

/** What {@linkcode writeMetadata} wrote. */
export function readMetadata(file: File): Record<string, string> {
  const group = groupIn(file, metadataGroup);
  const names = group?.keys() ?? [];
  return Object.fromEntries(names.flatMap((name) => {
    const text = group?.get(name);
    return text && "slice" in text ? [[name, String(text.value)]] : [];
  }));
}

/** The group of a name, if there is one. */
export function groupIn(parent: Group, name: string): Group | undefined {
  const found = parent.get(name);
  return found && "keys" in found ? found : undefined;
}
