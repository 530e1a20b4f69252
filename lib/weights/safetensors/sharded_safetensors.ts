import { basename, dirname, join } from "@std/path";
import { z } from "zod";
import { isFile } from "../../data/sources/folders.ts";
import { WeightsError } from "../errors.ts";
import { openSafetensors } from "./open_safetensors.ts";
import type { RawWeights, RowArray } from "../weights_file.ts";

const indexSchema = z.object({ weight_map: z.record(z.string(), z.string()) });

/** Indexes have about a hundred bytes for an array. */
const maxIndexBytes = 2 ** 24;

/**
 * Opens the safetensors files that an index, `model.safetensors.index.json`, names. They must be in its
 * folder.
 *
 * @throws {WeightsError} If the index is malformed, or one of its files is missing or damaged.
 */
export async function openShardedSafetensors(path: string): Promise<RawWeights> {
  const { weight_map } = await readIndex(path);
  const opened = new Map<string, RawWeights>();
  const dispose = (): void => opened.forEach((shard) => shard[Symbol.dispose]());
  try {
    const arrays = new Map<string, RowArray>();
    for (const name of [...new Set(Object.values(weight_map))].sort()) {
      const file = join(dirname(path), name);
      if (basename(name) !== name || !await isFile(file)) {
        throw new WeightsError(`${path} names ${name}, which must be a file beside it`);
      }
      if (!name.endsWith(".safetensors")) {
        throw new WeightsError(
          `${path} must name safetensors files, which alone are read in parts. Received: ${name}`,
        );
      }
      const shard = await openSafetensors(file);
      opened.set(name, shard);
      for (const [array, stored] of shard.arrays) arrays.set(array, stored);
    }
    return { path, arrays, metadata: {}, [Symbol.dispose]: dispose };
  } catch (error) {
    dispose();
    throw error;
  }
}

async function readIndex(path: string): Promise<z.infer<typeof indexSchema>> {
  try {
    const { size } = await Deno.stat(path);
    if (size > maxIndexBytes) throw new RangeError("it is too large");
    return indexSchema.parse(JSON.parse(await Deno.readTextFile(path)));
  } catch {
    throw new WeightsError(`${path} is not an index of safetensors files: it has no weight_map`);
  }
}
