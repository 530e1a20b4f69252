import { replaceFile } from "../files/replace_file.ts";

/** A named array of 32-bit floats. */
export interface NamedArray {
  readonly shape: readonly number[];
  readonly values: Float32Array<ArrayBuffer>;
}

interface HeaderEntry {
  dtype: string;
  shape: number[];
  data_offsets: [number, number];
}

const lengthBytes = 8;
/** The format's own limit on its header. */
const longestHeader = 100_000_000;

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
    const bytes = 4 * shape.reduce((a, b) => a * b, 1);
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
 * Reads a safetensors file of 32-bit floats.
 *
 * @throws {TypeError} With the path, for a file that is cut, malformed, or holds another type.
 */
export async function readSafetensors(path: string): Promise<Map<string, NamedArray>> {
  using file = await Deno.open(path);
  const size = (await file.stat()).size;
  const bad = (what: string): TypeError => new TypeError(`${path} is no safetensors file: ${what}`);
  const read = async (bytes: number): Promise<Uint8Array<ArrayBuffer>> => {
    const buffer = new Uint8Array(bytes);
    for (let got = 0; got < bytes;) {
      const count = await file.read(buffer.subarray(got));
      if (count === null) throw bad("it ends early");
      got += count;
    }
    return buffer;
  };
  if (size < lengthBytes) throw bad("it ends early");
  const headerLength = Number(new DataView((await read(lengthBytes)).buffer).getBigUint64(0, true));
  if (headerLength > longestHeader || lengthBytes + headerLength > size) {
    throw bad(`a header of ${headerLength} bytes in ${size}`);
  }
  const arrays = new Map<string, NamedArray>();
  let position = 0;
  for (const [name, entry] of entriesOf(await read(headerLength), bad)) {
    const [start, end] = entry.data_offsets;
    const bytes = 4 * entry.shape.reduce((a, b) => a * b, 1);
    if (entry.dtype !== "F32") throw bad(`${name} is ${entry.dtype}, and only F32 is read`);
    if (start !== position || end - start !== bytes || lengthBytes + headerLength + end > size) {
      throw bad(`${name} of shape [${entry.shape}] lies at ${start} to ${end}`);
    }
    arrays.set(name, { shape: entry.shape, values: new Float32Array((await read(bytes)).buffer) });
    position = end;
  }
  return arrays;
}

/** The header's entries in the order of their values, checked. */
function entriesOf(header: Uint8Array, bad: (what: string) => Error): [string, HeaderEntry][] {
  let parsed: unknown;
  try {
    parsed = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(header));
  } catch {
    throw bad("its header is not JSON");
  }
  if (typeof parsed !== "object" || parsed === null) throw bad("its header is not an object");
  const entries = Object.entries(parsed).filter(([name]) => name !== "__metadata__");
  for (const [name, entry] of entries) {
    if (!isEntry(entry)) throw bad(`its header's entry ${name} is malformed`);
  }
  return (entries as [string, HeaderEntry][]).sort(([, a], [, b]) =>
    a.data_offsets[0] - b.data_offsets[0]
  );
}

function isEntry(value: unknown): value is HeaderEntry {
  if (typeof value !== "object" || value === null) return false;
  const { dtype, shape, data_offsets: offsets } = value as Partial<HeaderEntry>;
  const counts = (list: unknown): list is number[] =>
    Array.isArray(list) && list.every((item) => Number.isSafeInteger(item) && item >= 0);
  return typeof dtype === "string" && counts(shape) && counts(offsets) && offsets.length === 2;
}
