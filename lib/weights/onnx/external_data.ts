import { dirname, join } from "@std/path";
import { WeightsError } from "../errors.ts";
import type { ByteRange } from "./protobuf_fields.ts";

/** The most files that one model may spread its weights over. */
const maxFiles = 256;

/** Where a tensor says that its values are. */
export interface ExternalEntry {
  readonly key: string;
  readonly value: string;
}

/** The files beside a model that hold its weights. `using` closes them. */
export class ExternalFiles implements Disposable {
  readonly #folder: string;
  readonly #files = new Map<string, Deno.FsFile>();

  /** @param path The path of the model. */
  constructor(path: string) {
    this.#folder = dirname(path);
  }

  /**
   * Finds the bytes of a tensor. Only files in the model's folder are opened: no path that leaves it and
   * no link that leads out of it.
   *
   * @throws {WeightsError} If the file is missing or elsewhere, or does not have these bytes.
   */
  async find(
    entries: readonly ExternalEntry[],
    bytes: number,
  ): Promise<ByteRange & { readonly file: Deno.FsFile }> {
    const values = new Map(entries.map(({ key, value }) => [key, value]));
    const location = values.get("location") ?? "";
    const from = wholeNumber(values.get("offset") ?? "0");
    const length = wholeNumber(values.get("length") ?? `${bytes}`);
    const file = this.#files.get(location) ?? await this.#open(location);
    const { size } = await file.stat();
    if (length !== bytes || from + length > size) {
      throw new WeightsError(
        `${bytes} bytes cannot be at ${from}, length ${length}, of the ${size} bytes of ${location}`,
      );
    }
    return { file, from, to: from + length };
  }

  async #open(location: string): Promise<Deno.FsFile> {
    const parts = location.split(/[/\\]/);
    if (location === "" || /^([/\\]|[A-Za-z]:)/.test(location) || parts.includes("..")) {
      throw new WeightsError(`its values must be in a file beside it. Received: ${location}`);
    }
    if (this.#files.size >= maxFiles) {
      throw new WeightsError(`its values are in more than ${maxFiles} files`);
    }
    try {
      const folder = await Deno.realPath(this.#folder);
      const path = await Deno.realPath(join(folder, location));
      if (dirname(path) !== folder && !path.startsWith(join(folder, "/"))) {
        throw new WeightsError(`its values are in ${location}, a link that leads elsewhere`);
      }
      if (!(await Deno.stat(path)).isFile) {
        throw new WeightsError(`its values are in ${location}, which is not a file`);
      }
      const file = await Deno.open(path);
      this.#files.set(location, file);
      return file;
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
      throw new WeightsError(`its values are in ${location}, which is not there`);
    }
  }

  [Symbol.dispose](): void {
    for (const file of this.#files.values()) file.close();
    this.#files.clear();
  }
}

function wholeNumber(text: string): number {
  const value = Number(text);
  if (!/^\d+$/.test(text) || !Number.isSafeInteger(value)) {
    throw new WeightsError(`a place in a file of values must be a whole number. Received: ${text}`);
  }
  return value;
}
