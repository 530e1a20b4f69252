import { basename, dirname, join } from "@std/path";
import { isFile } from "../../data/sources/folders.ts";
import { WeightsError } from "../errors.ts";
import { openZip, readEntry, type ZipEntry } from "../torch/zip_entries.ts";
import type { FilePart } from "./hdf5_bytes.ts";
import { type KerasWeights, openKeras } from "./keras_h5.ts";

/** The configuration of a VGG net takes about 50 kB. */
const maxConfigBytes = 2 ** 24;

/** Keras does not compress its files; if others do, the arrays must fit into memory. */
const maxContentBytes = 2 ** 31 - 1;

/**
 * Opens a `.keras` file, a zip file with the configuration of a model and an HDF5 file of its arrays.
 * No code in it is run; values are read on demand.
 *
 * @throws {WeightsError} If the file is damaged or does not hold a VGG net; the error names the path.
 */
export async function openKerasArchive(path: string): Promise<KerasWeights> {
  const { config, part } = await contentOf(path).catch((error: Error) => {
    throw new WeightsError(`${path} is not a Keras file: ${error.message}`);
  });
  return await openKeras(path, { config, ...part });
}

/**
 * Opens an HDF5 file of Keras. If it is that of a folder with the entries of a `.keras` file, the
 * configuration beside it has its layers.
 *
 * @throws {WeightsError} If the file is damaged or does not hold a VGG net; the error names the path.
 */
export async function openKerasFile(path: string): Promise<KerasWeights> {
  const config = join(dirname(path), "config.json");
  if (basename(path) !== "model.weights.h5" || !await isFile(config)) return await openKeras(path);
  requireConfigSize((await Deno.stat(config)).size);
  return await openKeras(path, { config: await Deno.readTextFile(config) });
}

function requireConfigSize(bytes: number): void {
  if (bytes <= maxConfigBytes) return;
  throw new WeightsError(
    `its config.json must have at most ${maxConfigBytes} bytes. Received: ${bytes}`,
  );
}

/** The configuration in a `.keras` file, and where its arrays are. */
async function contentOf(
  path: string,
): Promise<{ config: string; part: Omit<FilePart, "path"> }> {
  const entries = await openZip(path);
  const config = entries.get("config.json");
  // Keras 2.12 has another name for the arrays.
  const weights = entries.get("model.weights.h5") ?? entries.get("variables.h5");
  if (!config || !weights) {
    throw new WeightsError(
      `it must have config.json and model.weights.h5. Received: ${
        [...entries.keys()].slice(0, 5).join(", ")
      }`,
    );
  }
  requireConfigSize(config.bytes);
  using file = await Deno.open(path);
  return {
    config: new TextDecoder().decode(await readEntry(file, config)),
    part: await partOf(file, weights),
  };
}

async function partOf(file: Deno.FsFile, entry: ZipEntry): Promise<Omit<FilePart, "path">> {
  const { position, bytes: size, compressed } = entry;
  if (compressed === undefined) return { position, size };
  if (size > maxContentBytes) {
    throw new WeightsError(`its arrays are compressed, and have ${size} bytes: unpack it first`);
  }
  return { content: await readEntry(file, entry) };
}
