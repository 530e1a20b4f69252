import { z } from "zod";
import { readAt } from "../../files/read.ts";
import { WeightsError } from "../errors.ts";
import { countOf } from "../weights_file.ts";

/** The bytes before the header: its length as a 64-bit integer. */
export const lengthBytes = 8;
/** A net has about a hundred arrays, whose names and shapes take 10 KB; ten thousand classes take a megabyte. */
const maxHeaderBytes = 2 ** 23;
/** NumPy allows no more. */
const maxSides = 64;

/** Each array has four: its own and those of its type, shape and position. */
const maxNames = 100_000;

const count = z.number().int().nonnegative();
const entrySchema = z.object({
  dtype: z.string(),
  shape: z.array(count).max(maxSides),
  data_offsets: z.tuple([count, count]),
});
type HeaderEntry = z.infer<typeof entrySchema>;

/** The arrays of a file in the order of their values. */
export type HeaderEntries = readonly (readonly [name: string, entry: HeaderEntry])[];

/** What the header of a file says. */
interface Header {
  readonly entries: HeaderEntries;
  readonly metadata: Readonly<Record<string, string>>;
  /** The byte at which the first value begins. */
  readonly start: number;
}

/**
 * Reads and checks a file's header.
 *
 * @throws {WeightsError} If it does not fit the file; {z.ZodError} if it is malformed.
 */
export async function readHeader(file: Deno.FsFile): Promise<Header> {
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
  const { __metadata__ = {}, ...entries } = z.record(z.string(), z.unknown()).parse(parsed(bytes));
  const metadata = z.record(z.string(), z.string()).parse(__metadata__);
  return { entries: checkEntries(entries, { start, size }), metadata, start };
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

/** Lists the entries in the order of their values, which must be contiguous. */
function checkEntries(
  entries: Readonly<Record<string, unknown>>,
  { start: origin, size }: { readonly start: number; readonly size: number },
): HeaderEntries {
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
