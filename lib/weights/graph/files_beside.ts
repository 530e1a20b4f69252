import { dirname, join } from "@std/path";
import { WeightsError } from "../errors.ts";

/** The most files that one model may spread its weights over. */
const maxFiles = 256;

/** The files beside a model that hold its weights. `using` closes them. */
export class FilesBeside implements Disposable {
  readonly #folder: string;
  readonly #files = new Map<string, Deno.FsFile>();

  /** @param folder The folder of the model. */
  constructor(folder: string) {
    this.#folder = folder;
  }

  /**
   * Opens a file that a model names. Only files in the model's folder are opened: no path that leaves it and
   * no link that leads out of it.
   *
   * @throws {WeightsError} If the file is missing or elsewhere.
   */
  async open(location: string): Promise<Deno.FsFile> {
    const opened = this.#files.get(location);
    if (opened) return opened;
    const parts = location.split(/[/\\]/);
    if (location === "" || /^([/\\]|[A-Za-z]:)/.test(location) || parts.includes("..")) {
      throw new WeightsError(`its values must be in a file beside it. Received: ${location}`);
    }
    if (this.#files.size >= maxFiles) {
      throw new WeightsError(`its values are in more than ${maxFiles} files`);
    }
    const file = await Deno.open(await this.#find(location));
    this.#files.set(location, file);
    return file;
  }

  async #find(location: string): Promise<string> {
    try {
      const folder = await Deno.realPath(this.#folder || ".");
      const path = await Deno.realPath(join(folder, location));
      if (dirname(path) !== folder && !path.startsWith(join(folder, "/"))) {
        throw new WeightsError(`its values are in ${location}, a link that leads elsewhere`);
      }
      if ((await Deno.stat(path)).isFile) return path;
      throw new WeightsError(`its values are in ${location}, which is not a file`);
    } catch (error) {
      if (error instanceof WeightsError) throw error;
      throw new WeightsError(`its values are in ${location}, which is not there`);
    }
  }

  [Symbol.dispose](): void {
    for (const file of this.#files.values()) file.close();
    this.#files.clear();
  }
}
