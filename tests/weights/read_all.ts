import { openSafetensors } from "../../lib/weights/safetensors/open_safetensors.ts";

/** An array of a file with its values. */
export interface ReadArray {
  readonly shape: readonly number[];
  readonly values: Float32Array;
}

/** Reads all arrays of a safetensors file. */
export async function readAll(path: string): Promise<Map<string, ReadArray>> {
  using file = await openSafetensors(path);
  const entries: [string, ReadArray][] = [];
  for (const [name, { shape, read }] of file.arrays) {
    entries.push([name, { shape, values: await read() }]);
  }
  return new Map(entries);
}
