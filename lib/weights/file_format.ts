import { join, parse } from "@std/path";
import { existsSync } from "node:fs";
import { isFile, isFolder } from "../data/sources/folders.ts";
import { projectFolder } from "../project_folder.ts";

/** The formats of weights files that are read. */
export type WeightsFormat =
  | "keras"
  | "hdf5"
  | "onnx"
  | "torch"
  | "safetensors"
  | "safetensors-index"
  | "saved-model"
  | "frozen-graph"
  | "tfjs"
  | "npz"
  | "npy"
  | "pickle";

const hdf5Magic = Uint8Array.of(0x89, 0x48, 0x44, 0x46, 0x0d, 0x0a, 0x1a, 0x0a);
const zipMagic = Uint8Array.of(0x50, 0x4b, 0x03, 0x04);
const npyMagic = Uint8Array.of(0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59);
const brace = "{".charCodeAt(0);

/** The first bytes of PyTorch's files before version 1.6: the pickle of a magic number. */
export const legacyMagic = Uint8Array.of(
  ...[0x80, 2, 0x8a, 10, 0x6c, 0xfc, 0x9c, 0x46, 0xf9, 0x20, 0x6a, 0xa8, 0x50, 0x19, 0x2e],
);

/** The first entries of a `.keras` file. Its name stands behind the 30 bytes of an entry's header. */
const kerasEntries = /^.{30}(metadata\.json|config\.json|model\.weights\.h5|variables\.h5)/s;

/** The first entry of an `.npz` file. */
const npzEntry = /^.{30}[^\0]{1,150}\.npy/s;

/** How an index of safetensors files begins. */
const indexStart = /^\s*\{\s*"(metadata|weight_map)"/;

/** How a pickle begins: its version, or in the oldest ones a list, a dictionary or an array. */
// deno-lint-ignore no-control-regex -- bytes as text of Latin-1
const pickleStart = /^(\x80[\x02-\x05]|\([dl]p?\d|[}\]]q|c(copy_reg|collections|numpy))/;

/** Recognizes the format of a file by its first bytes; returns `undefined` for other formats. */
export async function detectFormat(path: string): Promise<WeightsFormat | undefined> {
  const start = await readStart(path, 256);
  const text = String.fromCharCode(...start);
  const hasMagic = (magic: Uint8Array): boolean =>
    magic.every((byte, index) => start[index] === byte);
  if (hasMagic(hdf5Magic)) return "hdf5";
  if (indexStart.test(text)) return "safetensors-index";
  const { base } = parse(path);
  if (base.endsWith(".json") && start[0] === brace) return "tfjs";
  // TensorFlow's files have none either. A SavedModel begins with its version, 1, and its graphs; a graph
  // with a node and its name.
  if (start[0] === 0x08 && start[1] === 1 && start[2] === 0x12) return "saved-model";
  if (base.endsWith(".pb")) return base === "saved_model.pb" ? "saved-model" : "frozen-graph";
  // ONNX has no magic number. It begins with its version, field 1 of a message; so may safetensors, but
  // the ninth byte of safetensors is the first one of JSON.
  if (start[0] === 0x08 && start[8] !== brace) return "onnx";
  if (hasMagic(zipMagic)) {
    return kerasEntries.test(text) ? "keras" : npzEntry.test(text) ? "npz" : "torch";
  }
  if (hasMagic(legacyMagic)) return "torch";
  if (hasMagic(npyMagic)) return "npy";
  if (start[8] === brace) return "safetensors";
  return pickleStart.test(text) ? "pickle" : undefined;
}

/**
 * The files that stand for a folder: of a SavedModel, of a model for TensorFlow.js, of a Keras model that is
 * not in a zip file, of a model of the Hugging Face Hub, and of a checkpoint, which is not read.
 */
const folderFiles = [
  ...["saved_model.pb", "model.json", "model.weights.h5"],
  ...["model.safetensors", "model.safetensors.index.json", "pytorch_model.bin"],
  "checkpoint",
];

/** The folder of the project's own weights, which a clone has. */
const ownFolder = projectFolder === undefined ? undefined : join(projectFolder, "data/weights");

/** Returns the file of the project's own weights of a name, if there is one. */
export function ownWeights(name: string, folder = ownFolder): string | undefined {
  if (folder === undefined) return undefined;
  const path = join(folder, `${name}.safetensors`);
  return /^[\w-]+$/.test(name) && existsSync(path) ? path : undefined;
}

/**
 * Returns the file of weights that a path stands for: in a folder of TensorFlow's, one of its files; for the
 * name of a checkpoint, which is not read, its index. A name that is no path here, such as `cifar10`, stands
 * for the weights of that name in the project's own folder.
 */
export async function weightsFile(
  path: string,
  own = ownFolder,
): Promise<string | undefined> {
  if (await isFile(path)) return path;
  if (await isFile(`${path}.index`)) return `${path}.index`;
  if (!await isFolder(path)) return ownWeights(path, own);
  for (const name of folderFiles) {
    if (await isFile(join(path, name))) return join(path, name);
  }
  return undefined;
}

async function readStart(path: string, length: number): Promise<Uint8Array> {
  using file = await Deno.open(path);
  const bytes = new Uint8Array(length);
  const count = await file.read(bytes) ?? 0;
  return bytes.subarray(0, count);
}
