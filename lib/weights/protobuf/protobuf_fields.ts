import protobuf from "protobufjs";
import { readAt } from "../../files/read.ts";

/** A range of bytes in a file; `to` is exclusive. */
export interface ByteRange {
  readonly from: number;
  readonly to: number;
}

/** A field of a protobuf message in a file. */
export interface Field extends ByteRange {
  readonly number: number;
  /** The content of a field with a length prefix. */
  readonly content?: ByteRange;
}

/** The most bytes of a field's number and length, or of its number and a fixed value. */
const maxStartBytes = 20;
/** The wire type of fields with a length prefix. */
const lengthDelimited = 2;
/** Bytes read at once, since fields can be small. */
const windowBytes = 2 ** 14;

/**
 * Lists the fields of a protobuf message in a file, in order, without reading their content.
 *
 * @throws {RangeError} If a field exceeds the message or has no number.
 */
export async function* fieldsOf(
  file: Deno.FsFile,
  message: ByteRange,
): AsyncGenerator<Field, void, undefined> {
  let window = { from: message.from, bytes: new Uint8Array() };
  for (let from = message.from; from < message.to;) {
    const needed = Math.min(maxStartBytes, message.to - from);
    if (from + needed > window.from + window.bytes.length) {
      const bytes = new Uint8Array(Math.min(windowBytes, message.to - from));
      window = { from, bytes: await readAt(file, from, bytes) };
    }
    const start = from - window.from;
    const reader = protobuf.Reader.create(window.bytes.subarray(start, start + needed));
    const tag = reader.uint32();
    const [number, type] = [tag >>> 3, tag & 7];
    if (number === 0) throw new RangeError("a field has no number");
    const length = type === lengthDelimited ? reader.uint32() : undefined;
    if (length === undefined) reader.skipType(type);
    const content = from + reader.pos;
    const to = content + (length ?? 0);
    if (to > message.to) throw new RangeError(`field ${number} exceeds its message`);
    yield { number, from, to, ...(length === undefined ? {} : { content: { from: content, to } }) };
    from = to;
  }
}

/** Reads several ranges of a file and joins their bytes. */
export async function join(
  file: Deno.FsFile,
  ranges: readonly ByteRange[],
): Promise<Uint8Array<ArrayBuffer>> {
  const bytes = new Uint8Array(ranges.reduce((sum, { from, to }) => sum + to - from, 0));
  let at = 0;
  for (const { from, to } of ranges) {
    await readAt(file, from, bytes.subarray(at, at += to - from));
  }
  return bytes;
}
