import { unpickle } from "../../files/pickle/unpickle.ts";
import { readAt } from "../../files/read.ts";
import { WeightsError } from "../errors.ts";
import { legacyMagic } from "../file_format.ts";
import { isContiguous, numbersIn } from "../raw_values.ts";
import { countOf, type RawWeights, type RowArray } from "../weights_file.ts";
import { type PickledTensors, tensorsIn } from "./tensors_in.ts";
import { openZip, readEntry } from "./zip_entries.ts";

/** The pickle of a checkpoint has tens of kilobytes; one with lists of numbers may have a few megabytes. */
const maxPickleBytes = 2 ** 24;

/** The position and the size of each storage in a file. */
type Storages = ReadonlyMap<string, { readonly position: number; readonly bytes: number }>;

interface TorchFile extends PickledTensors {
  readonly positions: Storages;
}

/**
 * Opens a file that `torch.save` or `torch.jit.save` wrote: the tensors anywhere in it, in dictionaries or
 * whole modules, by their paths. No code in it is run: classes and functions are names only. Values are
 * read on demand. Tensors of integers are skipped.
 *
 * @throws {WeightsError} If the file is damaged or has no tensors; the error names the path.
 */
export async function openTorch(path: string): Promise<RawWeights> {
  const file = await Deno.open(path);
  try {
    const head = new Uint8Array(legacyMagic.length);
    await readAt(file, 0, head);
    const legacy = legacyMagic.every((byte, index) => byte === head[index]);
    const content = await (legacy ? readLegacy(file) : readZip(path, file));
    if (content.tensors.size === 0) throw new WeightsError(withoutTensors(content));
    return {
      path,
      arrays: arraysOf(file, content),
      metadata: {},
      [Symbol.dispose]: () => file.close(),
    };
  } catch (error) {
    file.close();
    const damaged = error instanceof RangeError || error instanceof Deno.errors.UnexpectedEof;
    if (!(error instanceof WeightsError) && !damaged) throw error;
    throw new WeightsError(`${path} is not a file of PyTorch tensors: ${error.message}`);
  }
}

function withoutTensors({ names }: PickledTensors): string {
  const save = "PyTorch writes a file of tensors with torch.save(model.state_dict(), PATH)";
  if (names.size === 0) return `it has no tensors; ${save}`;
  const some = [...names].slice(0, 3).join(", ");
  return `it contains ${some} but no tensors that can be read; nothing in it was run. ${save}`;
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
    const text = new TextDecoder().decode(await readEntry(file, order));
    if (text !== "little") {
      throw new WeightsError(`its numbers must be little-endian. Received: ${text}`);
    }
  }
  const bytes = await readEntry(file, found);
  const data = [...entries].filter(([name]) => name.startsWith(`${folder}data/`));
  const packed = data.find(([, { compressed }]) => compressed !== undefined);
  if (packed) {
    throw new WeightsError(`its entry ${packed[0]} is compressed; PyTorch stores it as it is`);
  }
  const positions = data.map(([name, entry]) =>
    [name.slice(`${folder}data/`.length), entry] as const
  );
  return { ...tensorsIn(unpickle(bytes).value), positions: new Map(positions) };
}

/** Reads the format before 1.6: a version, machine facts, the value, the storage keys, the storages. */
async function readLegacy(file: Deno.FsFile): Promise<TorchFile> {
  const { size } = await file.stat();
  const start = legacyMagic.length;
  const bytes = await readAt(file, start, new Uint8Array(Math.min(maxPickleBytes, size - start)));
  const version = unpickle(bytes);
  const machine = unpickle(bytes, version.end);
  if (machine.value instanceof Map && machine.value.get("little_endian") === false) {
    throw new WeightsError("its numbers must be little-endian. Received: big");
  }
  const saved = unpickle(bytes, machine.end);
  const keys = unpickle(bytes, saved.end);
  if (!Array.isArray(keys.value)) throw new WeightsError("the list of its storages is missing");
  const content = tensorsIn(saved.value);
  const positions = new Map<string, { position: number; bytes: number }>();
  let position = start + keys.end;
  for (const key of keys.value) {
    const storage = typeof key === "string" ? content.storages.get(key) : undefined;
    if (!storage) throw new WeightsError("it has a storage without a tensor");
    const count = new Uint8Array(8);
    await readAt(file, position, count);
    if (new DataView(count.buffer).getBigUint64(0, true) !== BigInt(storage.length)) {
      throw new WeightsError(`its storage ${key} has another length than in its tensor`);
    }
    const storageBytes = storage.length * storage.bytesPerNumber;
    positions.set(key as string, { position: position + 8, bytes: storageBytes });
    position += 8 + storageBytes;
  }
  if (position > size) throw new WeightsError("it ends early");
  return { ...content, positions };
}

/** An expanded tensor has more numbers than its storage; this many fit in memory. */
const maxExpanded = 2 ** 24;

function arraysOf(file: Deno.FsFile, { tensors, positions }: TorchFile): Map<string, RowArray> {
  const arrays = new Map<string, RowArray>();
  for (const [name, { storage, offset, shape, strides }] of tensors) {
    const found = positions.get(storage.key);
    if (!found) throw new WeightsError(`the values of ${name} are missing`);
    const { type, bytesPerNumber, start } = storage;
    const count = countOf(shape);
    const last = shape.reduce((sum, length, axis) => sum + (length - 1) * strides[axis]!, 0);
    if (count > 0 && (start + offset + last + 1) * bytesPerNumber > found.bytes) {
      throw new WeightsError(`${name} of shape [${shape}] exceeds its ${found.bytes} bytes`);
    }
    if (count > last + 1 && count > maxExpanded) {
      throw new WeightsError(`${name} of shape [${shape}] has more numbers than its storage`);
    }
    if (!type) continue;
    const position = found.position + (start + offset) * bytesPerNumber;
    const layout = isContiguous(shape, strides) ? {} : { strides };
    arrays.set(name, numbersIn(file, { shape, type, position, ...layout }));
  }
  return arrays;
}
