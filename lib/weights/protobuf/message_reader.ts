import { WeightsError } from "../errors.ts";
import { type ByteRange, fieldsOf, join } from "./protobuf_fields.ts";

/** Limits on the bytes and the fields besides the weights; nets have kilobytes in hundreds of fields. */
const maxOtherBytes = 2 ** 24;
const maxFields = 100_000;

/** Reads the messages of one file, whose weights stay in the file. */
export class MessageReader {
  readonly file: Deno.FsFile;
  #otherBytes = 0;
  #fields = 0;

  constructor(file: Deno.FsFile) {
    this.file = file;
  }

  /**
   * Returns the bytes of a message without some of its fields, and the byte ranges of those fields.
   *
   * @throws {WeightsError} If all messages of the file together exceed the limits.
   */
  async split(
    message: ByteRange,
    fields: readonly number[],
  ): Promise<{ bytes: Uint8Array; separate: (ByteRange & { number: number })[] }> {
    const others: ByteRange[] = [];
    const separate: (ByteRange & { number: number })[] = [];
    for await (const field of fieldsOf(this.file, message)) {
      if (fields.includes(field.number) && field.content) {
        separate.push({ ...field.content, number: field.number });
      } else {
        others.push(field);
        this.#otherBytes += field.to - field.from;
      }
      this.#fields += 1;
      if (this.#otherBytes > maxOtherBytes || this.#fields > maxFields) {
        throw new WeightsError(
          `it has more than ${maxOtherBytes} bytes besides its weights, or more than ${maxFields} fields`,
        );
      }
    }
    return { bytes: await join(this.file, others), separate };
  }
}
