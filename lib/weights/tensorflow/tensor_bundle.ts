import { join } from "@std/path";
import protobuf from "protobufjs";
import { requireLimited } from "../../files/read_limited.ts";
import { WeightsError } from "../errors.ts";
import type { Tensor } from "../graph/tensors.ts";
import { tensorFlowType } from "./schema.ts";
import { storedTensor, type TensorMessage } from "./tensor_proto.ts";

/** The index of a VGG net has some 20 KB. */
const maxIndexBytes = 2 ** 24;
const maxShards = 64;
const [footerBytes, trailerBytes] = [48, 5];
/** The last bytes of a table of LevelDB. */
const magic = Uint8Array.of(0x57, 0xfb, 0x80, 0x8b, 0x24, 0x75, 0x47, 0xdb);

/** The arrays of a checkpoint of TensorFlow. `using` closes its files. */
export interface TensorBundle extends Disposable {
  readonly tensors: ReadonlyMap<string, Tensor>;
}

/**
 * Opens TensorFlow's checkpoint `variables.index` with its files of values, beside each other in a folder.
 *
 * @throws {WeightsError} If it is damaged.
 */
export async function openTensorBundle(folder: string): Promise<TensorBundle> {
  const path = join(folder, "variables.index");
  const { size } = await Deno.stat(path);
  if (size < footerBytes || size > maxIndexBytes) {
    throw new WeightsError(`variables.index cannot have ${size} bytes`);
  }
  const entries = entriesOf(await Deno.readFile(path));
  const header = tensorFlowType("BundleHeaderProto")
    .decode(entries.get("") ?? new Uint8Array()) as unknown as Header;
  const { num_shards: shards, endianness } = header;
  if (shards < 1 || shards > maxShards || endianness !== 0) {
    throw new WeightsError(`variables.index cannot have ${shards} files, or big-endian numbers`);
  }
  const files: Deno.FsFile[] = [];
  const dispose = (): void => files.forEach((file) => file.close());
  try {
    const sizes: number[] = [];
    for (let shard = 0; shard < shards; shard++) {
      const file = await openShard(folder, shard, shards);
      files.push(file);
      sizes.push((await file.stat()).size);
    }
    const tensors = new Map<string, Tensor>();
    for (const [name, bytes] of entries) {
      const entry = tensorFlowType("BundleEntryProto").decode(bytes) as unknown as Entry;
      const tensor = name === "" ? undefined : bundleTensor(name, entry, files, sizes);
      if (tensor) tensors.set(name, tensor);
    }
    return { tensors, [Symbol.dispose]: dispose };
  } catch (error) {
    dispose();
    throw error;
  }
}

interface Header {
  readonly num_shards: number;
  readonly endianness: number;
}

interface Entry extends Pick<TensorMessage, "dtype"> {
  readonly shape?: TensorMessage["tensor_shape"];
  readonly shard_id: number;
  readonly offset: unknown;
  readonly size: unknown;
}

async function openShard(folder: string, shard: number, shards: number): Promise<Deno.FsFile> {
  const digits = (number: number): string => `${number}`.padStart(5, "0");
  const name = `variables.data-${digits(shard)}-of-${digits(shards)}`;
  try {
    await requireLimited(join(folder, name), Infinity);
    return await Deno.open(join(folder, name));
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    throw new WeightsError(`its values are in variables/${name}, which is not there`);
  }
}

function bundleTensor(
  name: string,
  { dtype, shape, shard_id, offset, size }: Entry,
  files: readonly Deno.FsFile[],
  sizes: readonly number[],
): Tensor | undefined {
  const [from, to] = [Number(offset), Number(offset) + Number(size)];
  const file = files[shard_id];
  if (!file || !(from >= 0 && from <= to && to <= sizes[shard_id]!)) {
    throw new WeightsError(`the values of ${name} cannot be at bytes ${from} to ${to}`);
  }
  const message = { dtype, ...(shape ? { tensor_shape: shape } : {}) };
  return storedTensor(file, { from, to }, message, name);
}

/** The entries of a table of LevelDB, which is not compressed. */
function entriesOf(bytes: Uint8Array): Map<string, Uint8Array> {
  if (!magic.every((byte, index) => bytes[bytes.length - magic.length + index] === byte)) {
    throw new WeightsError("variables.index is no table of TensorFlow");
  }
  const footer = protobuf.Reader.create(bytes.subarray(bytes.length - footerBytes));
  handle(footer); // Of the table's metadata.
  const entries = new Map<string, Uint8Array>();
  for (const [, block] of blockEntries(bytes, handle(footer))) {
    for (const [key, value] of blockEntries(bytes, handle(protobuf.Reader.create(block)))) {
      entries.set(new TextDecoder().decode(key), value);
    }
  }
  return entries;
}

interface Handle {
  readonly from: number;
  readonly length: number;
}

function handle(reader: protobuf.Reader): Handle {
  return { from: Number(reader.uint64()), length: Number(reader.uint64()) };
}

function* blockEntries(
  bytes: Uint8Array,
  { from, length }: Handle,
): Generator<[Uint8Array, Uint8Array]> {
  const end = from + length;
  if (end + trailerBytes > bytes.length || length < 4) {
    throw new WeightsError(`variables.index has no block of ${length} bytes at ${from}`);
  }
  if (bytes[end] !== 0) throw new WeightsError("variables.index is compressed");
  const view = new DataView(bytes.buffer, bytes.byteOffset + from, length);
  // Behind the entries are the places of some of them, and their number.
  const limit = length - 4 * (1 + view.getUint32(length - 4, true));
  const reader = protobuf.Reader.create(bytes.subarray(from, from + Math.max(0, limit)));
  let key = new Uint8Array();
  while (reader.pos < reader.len) {
    const [shared, own, size] = [reader.uint32(), reader.uint32(), reader.uint32()];
    if (shared > key.length || reader.pos + own + size > reader.len) {
      throw new WeightsError("variables.index has an entry that exceeds its block");
    }
    const at = reader.pos;
    key = Uint8Array.of(...key.subarray(0, shared), ...reader.buf.subarray(at, at + own));
    yield [key, reader.buf.subarray(at + own, at + own + size)];
    reader.pos = at + own + size;
  }
}
