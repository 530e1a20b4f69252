import { z } from "zod";
import { readAt } from "../files/read.ts";
import { replaceFile } from "../files/replace_file.ts";
import { WeightsError } from "./errors.ts";
import { bytesOf, type NumberType } from "./number_types.ts";
import { numbersIn } from "./raw_values.ts";
import { countOf, type RawWeights, type RowArray } from "./weights_file.ts";

const lengthBytes = 8;
/** The format's own limit on its header. */
const longestHeader = 100_000_000;

const counted = z.number().int().nonnegative();
const entrySchema = z.object({
  dtype: z.string(),
  shape: z.array(counted),
  data_offsets: z.tuple([counted, counted]),
});
type HeaderEntry = z.infer<typeof entrySchema>;

/**
 * Writes tensors in the safetensors format: the header's length, a JSON header, then the values. The
 * arrays are asked for one at a time, so that no second copy of all weights is held.
 *
 * @param shapes Names and shapes, in the file's order.
 * @param read Gives the values of a name.
 */
export async function writeSafetensors(
  path: string,
  shapes: ReadonlyMap<string, readonly number[]>,
  read: (name: string) => Promise<Float32Array>,
  metadata: Readonly<Record<string, string>> = {},
): Promise<void> {
  const header: Record<string, unknown> = { __metadata__: metadata };
  let offset = 0;
  for (const [name, shape] of shapes) {
    const bytes = 4 * countOf(shape);
    header[name] = { dtype: "F32", shape, data_offsets: [offset, offset += bytes] };
  }
  const json = new TextEncoder().encode(JSON.stringify(header));
  const padded = new Uint8Array(Math.ceil(json.length / 8) * 8).fill(0x20);
  padded.set(json);
  const length = new Uint8Array(lengthBytes);
  new DataView(length.buffer).setBigUint64(0, BigInt(padded.length), true);
  await replaceFile(path, parts());

  async function* parts(): AsyncIterable<Uint8Array> {
    yield length;
    yield padded;
    for (const name of shapes.keys()) {
      const values = await read(name);
      yield new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
    }
  }
}

/**
 * Opens a safetensors file of real numbers. Its header is checked whole; values are read when they are
 * asked for.
 *
 * @throws {WeightsError} With the path, for a file that is cut, malformed, or holds another type.
 */
export async function openSafetensors(path: string): Promise<RawWeights> {
  const file = await Deno.open(path);
  try {
    const { header, start, size } = await readHeader(file);
    const { __metadata__: metadata = {}, ...entries } = header;
    return {
      path,
      arrays: arraysOf(file, entries, { start, size }),
      metadata: z.record(z.string(), z.string()).parse(metadata),
      [Symbol.dispose]: () => file.close(),
    };
  } catch (error) {
    file.close();
    const what = error instanceof z.ZodError ? "its header is malformed" : (error as Error).message;
    throw new WeightsError(`${path} is no safetensors file: ${what}`);
  }
}

async function readHeader(
  file: Deno.FsFile,
): Promise<{ header: Record<string, unknown>; start: number; size: number }> {
  const { size } = await file.stat();
  if (size < lengthBytes) throw new WeightsError("it ends early");
  const { buffer } = await readAt(file, 0, new Uint8Array(lengthBytes));
  const length = Number(new DataView(buffer).getBigUint64(0, true));
  const start = lengthBytes + length;
  if (length > longestHeader || start > size) {
    throw new WeightsError(`a header of ${length} bytes in ${size}`);
  }
  const text = await readAt(file, lengthBytes, new Uint8Array(length));
  return { header: z.record(z.string(), z.unknown()).parse(parsed(text)), start, size };
}

function parsed(header: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(header));
  } catch {
    throw new WeightsError("its header is not JSON");
  }
}

/** The arrays in the order of their values, which must follow each other without a gap. */
function arraysOf(
  file: Deno.FsFile,
  entries: Readonly<Record<string, unknown>>,
  { start: origin, size }: { readonly start: number; readonly size: number },
): Map<string, RowArray> {
  const checked = Object.entries(entries).map(([name, entry]) =>
    [name, entrySchema.parse(entry)] as const
  ).sort(([, a], [, b]) => a.data_offsets[0] - b.data_offsets[0]);
  const arrays = new Map<string, RowArray>();
  let position = 0;
  for (const [name, { dtype, shape, data_offsets: [start, end] }] of checked) {
    if (!isNumberType(dtype)) {
      const known = Object.keys(bytesOf).join(", ");
      throw new WeightsError(`${name} is ${dtype}, and what is read is ${known}`);
    }
    const bytes = bytesOf[dtype] * countOf(shape);
    if (start !== position || end - start !== bytes || origin + end > size) {
      throw new WeightsError(`${name} of shape [${shape}] lies at ${start} to ${end}`);
    }
    arrays.set(name, numbersIn(file, { shape, type: dtype, position: origin + start }));
    position = end;
  }
  return arrays;
}

function isNumberType(dtype: HeaderEntry["dtype"]): dtype is NumberType {
  return Object.hasOwn(bytesOf, dtype);
}
