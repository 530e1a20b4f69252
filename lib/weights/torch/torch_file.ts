import { readAt } from "../../files/read.ts";
import { WeightsError } from "../errors.ts";
import { bytesOf } from "../number_types.ts";
import { numbersIn } from "../raw_values.ts";
import { countOf, type RawWeights, type RowArray } from "../weights_file.ts";
import { legacyMagic } from "./torch_magic.ts";
import { type PickledTensor, tensorsOf, TorchPickles } from "./torch_pickle.ts";
import { openZip } from "./zip_entries.ts";

/** Pickles of a VGG net are some 20 KB; longer ones could only keep the reader busy. */
const maxPickleBytes = 2 ** 18;

/** Where the storages of a file lie, and how many bytes each has. */
type Storages = ReadonlyMap<string, { readonly position: number; readonly bytes: number }>;

/**
 * Opens a file of tensors that `torch.save` wrote. No code of its pickle is run; values are read when
 * they are asked for. Arrays of integers, which count batches, are left out.
 *
 * @throws {WeightsError} With the path, for a file that is damaged or holds anything but tensors.
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
    throw new WeightsError(`${path} is no file of PyTorch's tensors: ${error.message}`);
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
    throw new WeightsError(`its pickle is ${found.bytes} bytes, more than ${maxPickleBytes}`);
  }
  const folder = pickle.slice(0, -"data.pkl".length);
  const order = entries.get(`${folder}byteorder`);
  if (order && order.bytes < 16) {
    const text = new TextDecoder().decode(
      await readAt(file, order.position, new Uint8Array(order.bytes)),
    );
    if (text !== "little") throw new WeightsError(`its numbers are ${text}-endian`);
  }
  const bytes = await readAt(file, found.position, new Uint8Array(found.bytes));
  const storages = [...entries].filter(([name]) => name.startsWith(`${folder}data/`))
    .map(([name, entry]) => [name.slice(`${folder}data/`.length), entry] as const);
  return { tensors: tensorsOf(new TorchPickles(bytes).next()), storages: new Map(storages) };
}

/** Before 1.6: a version, facts on the machine, the dictionary, the storages' keys, then the storages. */
async function readLegacy(file: Deno.FsFile): Promise<TorchFile> {
  const { size } = await file.stat();
  const start = legacyMagic.length;
  const bytes = new Uint8Array(Math.min(maxPickleBytes, size - start));
  const pickles = new TorchPickles(await readAt(file, start, bytes));
  pickles.next();
  const machine = pickles.next();
  if (machine instanceof Map && machine.get("little_endian") === false) {
    throw new WeightsError("its numbers are big-endian");
  }
  const tensors = tensorsOf(pickles.next());
  const keys = pickles.next();
  if (!Array.isArray(keys)) throw new WeightsError("the list of its storages is missing");
  const known = new Map([...tensors.values()].map((tensor) => [tensor.storage, tensor]));
  const storages = new Map<string, { position: number; bytes: number }>();
  let position = start + pickles.position;
  for (const key of keys) {
    const tensor = typeof key === "string" ? known.get(key) : undefined;
    if (!tensor) throw new WeightsError("a storage in it is of no tensor");
    const { storageLength, type } = tensor;
    const own = storageLength * sizeOf(type);
    const length = new Uint8Array(8);
    await readAt(file, position, length);
    if (new DataView(length.buffer).getBigUint64(0, true) !== BigInt(storageLength)) {
      throw new WeightsError(`its storage ${key} has another length than its tensor says`);
    }
    storages.set(key, { position: position + 8, bytes: own });
    position += 8 + own;
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
      throw new WeightsError(`${name} of shape [${shape}] leaves its ${found.bytes} bytes`);
    }
    if (type === "integers") continue;
    const position = found.position + offset * bytesOf[type];
    arrays.set(name, numbersIn(file, { shape, type, position }));
  }
  return arrays;
}

/** Integers are 64 bits wide in the files that hold them, and are not read. */
function sizeOf(type: PickledTensor["type"]): number {
  return type === "integers" ? 8 : bytesOf[type];
}
