import { createHash, type Hash } from "node:crypto";
import { z } from "zod";
import { OptionError } from "../errors.ts";
import { mapReadErrors, readAt, ReadError } from "../files/read.ts";
import { replaceFileBy } from "../files/replace_file.ts";
import { writeAll } from "../files/write.ts";
import { WeightsError } from "./errors.ts";
import { bytesOf, numbersIn, type NumberType } from "./raw_values.ts";
import { countOf, type RawWeights, type RowArray } from "./weights_file.ts";

const lengthBytes = 8;
/** A net has about a hundred arrays, whose names and shapes take 10 KB; ten thousand classes take a megabyte. */
const maxHeaderBytes = 2 ** 23;
/** NumPy allows no more. */
const maxSides = 64;

/** Each array has four: its own and those of its type, shape and position. */
const maxNames = 100_000;
/** Bytes that are hashed before the event loop has a turn. */
const sliceBytes = 8 * 2 ** 20;

/** The key of the metadata under which {@linkcode writeSafetensors} stores the digest. */
export const digestKey = "sha256";
/** What stands in the header until the values are written, and so their digest is known. */
const noDigest = "0".repeat(64);

const count = z.number().int().nonnegative();
const entrySchema = z.object({
  dtype: z.string(),
  shape: z.array(count).max(maxSides),
  data_offsets: z.tuple([count, count]),
});
type HeaderEntry = z.infer<typeof entrySchema>;

/**
 * Writes arrays atomically in the safetensors format: the header's length, a JSON header, then the values.
 * The arrays are read one at a time, so that there is never a second copy of all weights in memory. The
 * metadata gets the SHA-256 of everything else in the file, which {@linkcode openSafetensors} checks.
 *
 * @param shapes Names and shapes, in the file's order.
 * @param read Reads the values of an array by name.
 * @param kernelType How arrays of two and more dimensions are stored; others, which are small, are F32.
 * @throws {OptionError} If a value is too large for F16.
 */
export async function writeSafetensors(
  path: string,
  shapes: ReadonlyMap<string, readonly number[]>,
  read: (name: string) => Promise<Float32Array>,
  metadata: Readonly<Record<string, string>> = {},
  kernelType: "F32" | "F16" = "F32",
): Promise<void> {
  const typeOf = (shape: readonly number[]): "F32" | "F16" => shape.length > 1 ? kernelType : "F32";
  const header: Record<string, unknown> = {
    __metadata__: { [digestKey]: noDigest, ...metadata },
  };
  let offset = 0;
  for (const [name, shape] of shapes) {
    const dtype = typeOf(shape);
    const bytes = bytesOf[dtype] * countOf(shape);
    header[name] = { dtype, shape, data_offsets: [offset, offset += bytes] };
  }
  const json = JSON.stringify(header);
  const encoded = new TextEncoder().encode(json);
  const padded = new Uint8Array(Math.ceil(encoded.length / 8) * 8).fill(0x20);
  padded.set(encoded);
  const length = new Uint8Array(lengthBytes);
  new DataView(length.buffer).setBigUint64(0, BigInt(padded.length), true);
  await replaceFileBy(path, async (file) => {
    await writeAll(file, length);
    await writeAll(file, padded);
    const hash = hashOf(metadata);
    for (const [name, shape] of shapes) {
      const dtype = typeOf(shape);
      addArray(hash, name, shape, dtype);
      const values = await read(name);
      const { buffer, byteOffset, byteLength } = dtype === "F32" ? values : toHalf(name, values);
      for (let start = 0; start < byteLength; start += sliceBytes) {
        const size = Math.min(sliceBytes, byteLength - start);
        const part = new Uint8Array(buffer, byteOffset + start, size);
        hash.update(part);
        await writeAll(file, part);
      }
    }
    await file.seek(lengthBytes + json.indexOf(noDigest), Deno.SeekMode.Start);
    await writeAll(file, new TextEncoder().encode(hash.digest("hex")));
  });
}

/** Begins the digest of a file. */
function hashOf(metadata: Readonly<Record<string, string>>): Hash {
  return createHash("sha256").update(JSON.stringify(Object.entries(metadata).sort()));
}

/** Adds an array to the digest of its file; its values follow. */
function addArray(hash: Hash, name: string, shape: readonly number[], dtype: string): void {
  hash.update(JSON.stringify([name, shape]));
  if (dtype !== "F32") hash.update(dtype); // Earlier versions wrote F32 alone, and did not hash it.
}

function toHalf(name: string, values: Float32Array): Float16Array<ArrayBuffer> {
  const halves = new Float16Array(values);
  const large = halves.findIndex((half, at) =>
    !Number.isFinite(half) && Number.isFinite(values[at])
  );
  if (large < 0) return halves;
  throw new OptionError(`${name} must be at most 65504 for float16. Received: ${values[large]}`);
}

/**
 * Opens a safetensors file. The whole header is checked, and the digest if {@linkcode writeSafetensors}
 * wrote one; values are read on demand. Arrays of whole numbers are skipped, such as the counts of batches.
 *
 * @throws {WeightsError} If the file is truncated, malformed or has another type, or its digest is not that
 *   of its content; {ReadError} if the machine cannot read it. The error names the path.
 */
export async function openSafetensors(path: string): Promise<RawWeights> {
  const file = await mapReadErrors(path, () => Deno.open(path));
  try {
    return await mapReadErrors(path, async () => {
      const { header, start, size } = await readHeader(file);
      const { __metadata__ = {}, ...entries } = header;
      const metadata = z.record(z.string(), z.string()).parse(__metadata__);
      const checked = checkEntries(entries, { start, size });
      await requireDigest(file, checked, { start, metadata });
      return {
        path,
        arrays: arraysOf(path, file, checked, start),
        metadata,
        [Symbol.dispose]: () => file.close(),
      };
    });
  } catch (error) {
    file.close();
    if (error instanceof ReadError) throw error;
    if (error instanceof DamagedError) throw new WeightsError(`${path} ${error.message}`);
    const what = error instanceof z.ZodError ? "its header is malformed" : (error as Error).message;
    throw new WeightsError(`${path} is not a safetensors file: ${what}`);
  }
}

/** The digest of a file is not that of its content. */
class DamagedError extends Error {}

/** Files of other programs and of earlier versions have no digest. */
async function requireDigest(
  file: Deno.FsFile,
  entries: Entries,
  { start, metadata }: { start: number; metadata: Readonly<Record<string, string>> },
): Promise<void> {
  const { [digestKey]: digest, ...others } = metadata;
  if (digest === undefined) return;
  const hash = hashOf(others);
  for (const [name, { dtype, shape, data_offsets: [from, to] }] of entries) {
    addArray(hash, name, shape, dtype);
    for (let position = from; position < to; position += sliceBytes) {
      const part = new Uint8Array(Math.min(sliceBytes, to - position));
      hash.update(await readAt(file, start + position, part));
    }
  }
  if (hash.digest("hex") !== digest) throw new DamagedError("is damaged: its digest is another");
}

async function readHeader(
  file: Deno.FsFile,
): Promise<{ header: Record<string, unknown>; start: number; size: number }> {
  const { size } = await file.stat();
  if (size < lengthBytes) throw new WeightsError("it ends early");
  const { buffer } = await readAt(file, 0, new Uint8Array(lengthBytes));
  const length = Number(new DataView(buffer).getBigUint64(0, true));
  const start = lengthBytes + length;
  if (length > maxHeaderBytes || start > size) {
    throw new WeightsError(
      `its header cannot have ${length} of its ${size} bytes (at most ${maxHeaderBytes})`,
    );
  }
  const bytes = await readAt(file, lengthBytes, new Uint8Array(length));
  return { header: z.record(z.string(), z.unknown()).parse(parsed(bytes)), start, size };
}

function parsed(header: Uint8Array): unknown {
  try {
    const text = new TextDecoder("utf-8", { fatal: true }).decode(header);
    requireDistinctNames(text);
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof WeightsError) throw error;
    throw new WeightsError("its header is not JSON");
  }
}

/**
 * Checks that no object of a JSON text has a name twice, of which `JSON.parse` keeps the last one; the
 * format's own library refuses them too.
 */
function requireDistinctNames(json: string): void {
  const objects: Set<unknown>[] = [];
  let count = 0;
  for (const [token, name] of json.matchAll(/("[^"\\]*(?:\\.[^"\\]*)*")(?:\s*:)?|[{}]/g)) {
    if (token === "{") objects.push(new Set());
    else if (token === "}") objects.pop();
    else if (name && token !== name) {
      if (++count > maxNames) throw new WeightsError(`its header has more than ${maxNames} names`);
      const names = objects.at(-1);
      const value = JSON.parse(name);
      if (names?.has(value)) throw new WeightsError(`its header has ${name} twice`);
      names?.add(value);
    }
  }
}

type Entries = readonly (readonly [name: string, entry: HeaderEntry])[];

/** Lists the entries in the order of their values, which must be contiguous. */
function checkEntries(
  entries: Readonly<Record<string, unknown>>,
  { start: origin, size }: { readonly start: number; readonly size: number },
): Entries {
  const checked = Object.entries(entries).map(([name, entry]) =>
    [name, entrySchema.parse(entry)] as const
  ).sort(([, a], [, b]) => a.data_offsets[0] - b.data_offsets[0]);
  let position = 0;
  for (const [name, { dtype, shape, data_offsets: [start, end] }] of checked) {
    const bytes = sizeOf(dtype) * countOf(shape);
    if (start !== position || end - start !== bytes || origin + end > size) {
      throw new WeightsError(`${name} of shape [${shape}] cannot be at bytes ${start} to ${end}`);
    }
    position = end;
  }
  if (origin + position !== size) {
    throw new WeightsError(`its last ${size - origin - position} bytes belong to no array`);
  }
  return checked;
}

function arraysOf(
  path: string,
  file: Deno.FsFile,
  entries: Entries,
  origin: number,
): Map<string, RowArray> {
  const other = entries.find(([, { dtype }]) => dtype.startsWith("F") && !isNumberType(dtype));
  if (other) {
    throw new WeightsError(
      `its numbers must be F16, BF16, F32 or F64. Received: ${other[1].dtype} in ${other[0]}`,
    );
  }
  return new Map(
    entries.flatMap(([name, { dtype, shape, data_offsets: [start] }]) =>
      isNumberType(dtype)
        ? [
          [
            name,
            named(path, numbersIn(file, { shape, type: dtype, position: origin + start })),
          ] as const,
        ]
        : []
    ),
  );
}

/** An array whose errors name its file. */
function named(path: string, { shape, read, rows }: RowArray): RowArray {
  return {
    shape,
    read: () => mapReadErrors(path, () => read()),
    rows: (from, to) => mapReadErrors(path, () => rows(from, to)),
  };
}

function isNumberType(dtype: HeaderEntry["dtype"]): dtype is NumberType {
  return Object.hasOwn(bytesOf, dtype);
}

/**
 * The bytes of a number by its type's name: `I64`, `U8`, `F8_E4M3`, `BOOL`.
 *
 * @throws {WeightsError} If the type has another name.
 */
function sizeOf(dtype: HeaderEntry["dtype"]): number {
  const bits = dtype === "BOOL" ? 8 : Number(/^[A-Z]+(8|16|32|64|128)(_|$)/.exec(dtype)?.[1]);
  if (!bits) throw new WeightsError(`a number has no type ${dtype}`);
  return bits / 8;
}
