import { readAt } from "../../files/read.ts";
import { WeightsError } from "../errors.ts";
import { legacyMagic } from "../file_format.ts";
import { bytesOf, numbersIn } from "../raw_values.ts";
import { countOf, type RawWeights, type RowArray } from "../weights_file.ts";
import { type PickledTensor, tensorsOf, TorchPickles } from "./torch_pickle.ts";
import { openZip } from "./zip_entries.ts";

/** The pickle of a VGG net has about 20 KB; a longer one would only keep the reader busy. */
const maxPickleBytes = 2 ** 18;

/** The position and the size of each storage in a file. */
type Storages = ReadonlyMap<string, { readonly position: number; readonly bytes: number }>;

/**
 * Opens a file of tensors that `torch.save` wrote. No code in its pickle is run. Values are read on
 * demand. Arrays of integers, which count batches, are skipped.
 *
 * @throws {WeightsError} If the file is damaged or contains anything but tensors; the error names the path.
 */
export async function openTorch(path: string): Promise<RawWeights> {
  const file = await Deno.open(path);
  try {
    const head = new Uint8Array(legacyMagic.length);
    await readAt(file, 0, head);
    const legacy = legacyMagic.every((byte, index) => byte === head[index]);
    const { tensors, storages } = await (legacy ? readLegacy(file) : readZip(path, file));
    return {
      path,
      arrays: arraysOf(file, tensors, storages),
      metadata: {},
      [Symbol.dispose]: () => file.close(),
    };
  } catch (error) {
    file.close();
    const eof = error instanceof Deno.errors.UnexpectedEof;
    if (!(error instanceof WeightsError) && !eof) throw error;
    throw new WeightsError(`${path} is not a file of PyTorch tensors: ${error.message}`);
  }
}

interface TorchFile {
  readonly tensors: ReadonlyMap<string, PickledTensor>;
  readonly storages: Storages;
}

async function readZip(path: string, file: Deno.FsFile): Promise<TorchFile> {
  const entries = await openZip(path);
  const [pickle, found] = [...entries].find(([name]) => /^[^/]+\/data\.pkl$/.test(name)) ?? [];
  if (!pickle || !found) throw new WeightsError("it is an archive without a data.pkl");
  if (found.bytes > maxPickleBytes) {
    throw new WeightsError(
      `its pickle must have at most ${maxPickleBytes} bytes. Received: ${found.bytes}`,
    );
  }
  const folder = pickle.slice(0, -"data.pkl".length);
  const order = entries.get(`${folder}byteorder`);
  if (order && order.bytes < 16) {
    const text = new TextDecoder().decode(
      await readAt(file, order.position, new Uint8Array(order.bytes)),
    );
    if (text !== "little") {
      throw new WeightsError(`its numbers must be little-endian. Received: ${text}`);
    }
  }
  const bytes = await readAt(file, found.position, new Uint8Array(found.bytes));
  const storages = [...entries].filter(([name]) => name.startsWith(`${folder}data/`))
    .map(([name, entry]) => [name.slice(`${folder}data/`.length), entry] as const);
  return { tensors: tensorsOf(new TorchPickles(bytes).next()), storages: new Map(storages) };
}

/** Reads the format before 1.6: a version, machine facts, the dictionary, the storage keys, the storages. */
async function readLegacy(file: Deno.FsFile): Promise<TorchFile> {
  const { size } = await file.stat();
  const start = legacyMagic.length;
  const bytes = new Uint8Array(Math.min(maxPickleBytes, size - start));
  const pickles = new TorchPickles(await readAt(file, start, bytes));
  pickles.next();
  const machine = pickles.next();
  if (machine instanceof Map && machine.get("little_endian") === false) {
    throw new WeightsError("its numbers must be little-endian. Received: big");
  }
  const tensors = tensorsOf(pickles.next());
  const keys = pickles.next();
  if (!Array.isArray(keys)) throw new WeightsError("the list of its storages is missing");
  const byStorage = new Map([...tensors.values()].map((tensor) => [tensor.storage, tensor]));
  const storages = new Map<string, { position: number; bytes: number }>();
  let position = start + pickles.position;
  for (const key of keys) {
    const tensor = typeof key === "string" ? byStorage.get(key) : undefined;
    if (!tensor) throw new WeightsError("it has a storage without a tensor");
    const { storageLength, type } = tensor;
    const storageBytes = storageLength * sizeOf(type);
    const length = new Uint8Array(8);
    await readAt(file, position, length);
    if (new DataView(length.buffer).getBigUint64(0, true) !== BigInt(storageLength)) {
      throw new WeightsError(`its storage ${key} has another length than in its tensor`);
    }
    storages.set(key, { position: position + 8, bytes: storageBytes });
    position += 8 + storageBytes;
  }
  if (position > size) throw new WeightsError("it ends early");
  return { tensors, storages };
}

function arraysOf(
  file: Deno.FsFile,
  tensors: ReadonlyMap<string, PickledTensor>,
  storages: Storages,
): Map<string, RowArray> {
  const arrays = new Map<string, RowArray>();
  for (const [name, { storage, type, offset, shape }] of tensors) {
    const found = storages.get(storage);
    if (!found) throw new WeightsError(`the values of ${name} are missing`);
    if ((offset + countOf(shape)) * sizeOf(type) > found.bytes) {
      throw new WeightsError(`${name} of shape [${shape}] exceeds its ${found.bytes} bytes`);
    }
    if (type === "integers") continue;
    const position = found.position + offset * bytesOf[type];
    arrays.set(name, numbersIn(file, { shape, type, position }));
  }
  return arrays;
}

/** Integers, which are not read, have 64 bits. */
function sizeOf(type: PickledTensor["type"]): number {
  return type === "integers" ? 8 : bytesOf[type];
}
