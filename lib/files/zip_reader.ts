import yauzl from "yauzl";
import { readAt } from "./read.ts";

/**
 * A reader for yauzl. yauzl's own reader ends the process if a position is outside the file, because it
 * throws where the error cannot be caught.
 */
export class ZipReader extends yauzl.RandomAccessReader {
  readonly #file: Deno.FsFile;
  readonly #size: number;
  readonly #failed = Promise.withResolvers<never>();

  constructor(file: Deno.FsFile, size: number) {
    super();
    this.#file = file;
    this.#size = size;
    this.failure.catch(() => {});
  }

  /** Rejects with errors that yauzl throws in its callbacks. */
  get failure(): Promise<never> {
    return this.#failed.promise;
  }

  override read(
    buffer: Uint8Array,
    offset: number,
    length: number,
    position: number,
    callback: (error: Error | null) => void,
  ): void {
    this.#fill(buffer.subarray(offset, offset + length), position)
      .then(() => callback(null), callback)
      .catch(this.#failed.reject);
  }

  /** yauzl streams only the contents of entries, which are not read by it. */
  override _readStreamForRange(): never {
    throw new Error("the contents of its entries are not read here");
  }

  async #fill(into: Uint8Array, position: number): Promise<void> {
    if (!(position >= 0 && position + into.length <= this.#size)) {
      throw new Error("its directory is outside the file");
    }
    await readAt(this.#file, position, into);
  }
}
