import protobuf from "protobufjs";
import { readAt } from "../../files/read.ts";

/** A part of a file. */
export interface ByteRange {
  readonly from: number;
  /** Where the next part begins. */
  readonly to: number;
}

/** A field of a protobuf message in a file. */
export interface Field extends ByteRange {
  readonly number: number;
  /** What the field holds, where its length is written before it. */
  readonly content?: ByteRange;
}

/** The most that a field's number and length take, or its number and a fixed value. */
const longestStart = 20;
const withLength = 2;
/** Small fields are read many at a time. */
const windowBytes = 2 ** 14;

/**
 * The fields of a protobuf message in a file, in order. What they hold is not read.
 *
 * @throws {RangeError} Where a field reaches beyond the message.
 */
export async function* fieldsOf(
  file: Deno.FsFile,
  message: ByteRange,
): AsyncGenerator<Field, void, undefined> {
  let window = { from: message.from, bytes: new Uint8Array() };
  for (let from = message.from; from < message.to;) {
    const needed = Math.min(longestStart, message.to - from);
    if (from + needed > window.from + window.bytes.length) {
      const bytes = new Uint8Array(Math.min(windowBytes, message.to - from));
      window = { from, bytes: await readAt(file, from, bytes) };
    }
    const start = from - window.from;
    const reader = protobuf.Reader.create(window.bytes.subarray(start, start + needed));
    const tag = reader.uint32();
    const [number, type] = [tag >>> 3, tag & 7];
    if (number === 0) throw new RangeError("a field has no number");
    const length = type === withLength ? reader.uint32() : undefined;
    if (length === undefined) reader.skipType(type);
    const content = from + reader.pos;
    const to = content + (length ?? 0);
    if (to > message.to) throw new RangeError(`field ${number} reaches beyond its message`);
    yield { number, from, to, ...(length === undefined ? {} : { content: { from: content, to } }) };
    from = to;
  }
}

/** The bytes of several parts of a file, one after another. */
export async function join(
  file: Deno.FsFile,
  parts: readonly ByteRange[],
): Promise<Uint8Array<ArrayBuffer>> {
  const bytes = new Uint8Array(parts.reduce((sum, { from, to }) => sum + to - from, 0));
  let at = 0;
  for (const { from, to } of parts) {
    await readAt(file, from, bytes.subarray(at, at += to - from));
  }
  return bytes;
}
