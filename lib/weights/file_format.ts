/** The formats of weights files that are read. */
export type WeightsFormat =
  | "hdf5"
  | "onnx"
  | "torch"
  | "safetensors"
  | "safetensors-index"
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

/** The first entry of an `.npz` file. The name stands behind the 30 bytes of an entry's header. */
const npzEntry = /^.{30}[^\0]{1,150}\.npy/s;

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
  // ONNX has no magic number. It begins with its version, field 1 of a message; so may safetensors, but
  // the ninth byte of safetensors is the first one of JSON.
  if (start[0] === 0x08 && start[8] !== brace) return "onnx";
  if (hasMagic(zipMagic)) return npzEntry.test(text) ? "npz" : "torch";
  if (hasMagic(legacyMagic)) return "torch";
  if (hasMagic(npyMagic)) return "npy";
  if (start[8] === brace) return "safetensors";
  if (/^\s*\{\s*"(metadata|weight_map)"/.test(text)) return "safetensors-index";
  return pickleStart.test(text) ? "pickle" : undefined;
}

async function readStart(path: string, length: number): Promise<Uint8Array> {
  using file = await Deno.open(path);
  const bytes = new Uint8Array(length);
  const count = await file.read(bytes) ?? 0;
  return bytes.subarray(0, count);
}
