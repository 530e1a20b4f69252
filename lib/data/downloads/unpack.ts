import { rm } from "node:fs/promises";
import { posix } from "node:path";
import { oneLine } from "../../display/format.ts";
import { rename } from "../../files/rename.ts";
import { mapWriteErrors, WriteError } from "../../files/write.ts";

/** What an archive may hold at most. */
export interface UnpackLimits {
  readonly entries: number;
  /** All files together. */
  readonly bytes: number;
}

export interface UnpackOptions {
  readonly limits: UnpackLimits;
  /** Whether the files are in no folder. By default they are below one, whose name is left off. */
  readonly flat?: boolean;
  /** Receives the bytes of the archive that are processed. */
  readonly onProgress?: (bytes: number) => void;
  readonly signal?: AbortSignal;
}

/** An archive is damaged, or holds what it should not; the message is one line for the user. */
export class ArchiveError extends Error {
  override readonly name = "ArchiveError";

  constructor(message: string) {
    super(oneLine(message));
  }
}

/**
 * Unpacks an archive into a folder that appears only once it is complete.
 *
 * @param folder Must not exist.
 * @param unpack Unpacks into a temporary folder.
 * @throws {ArchiveError} If `unpack` fails; nothing is kept. {WriteError} If the disk is the reason.
 */
export async function unpackAtOnce(
  archive: string,
  folder: string,
  signal: AbortSignal | undefined,
  unpack: (into: string) => Promise<void>,
): Promise<void> {
  const temporary = `${folder}.unpacking`;
  await rm(temporary, { recursive: true, force: true });
  await Deno.mkdir(temporary);
  try {
    await mapWriteErrors(folder, () => unpack(temporary));
    await rename(temporary, folder);
  } catch (error) {
    await rm(temporary, { recursive: true, force: true });
    signal?.throwIfAborted();
    if (error instanceof WriteError) throw error;
    throw new ArchiveError(`${archive} cannot be unpacked: ${(error as Error).message}`);
  }
}

/** Checks the members of an archive before they are written. */
export class MemberGuard {
  readonly #options: UnpackOptions;
  readonly #files = new Set<string>();
  #entries = 0;
  #bytes = 0;

  constructor(options: UnpackOptions) {
    this.#options = options;
  }

  /**
   * @param kind Of the member, in words of the format.
   * @param bytes Its size once it is unpacked.
   * @throws {ArchiveError} If it must not be unpacked.
   */
  admit(path: string, kind: string, bytes: number): void {
    const { limits, flat } = this.#options;
    if (!["File", "OldFile", "Directory"].includes(kind)) {
      throw new ArchiveError(`${shown(path)} is a ${kind}, and only files and folders are allowed`);
    }
    if (path.split(/[/\\]/).includes("..") || /^[/\\]|^[a-z]:/i.test(path)) {
      throw new ArchiveError(`${shown(path)} leads outside`);
    }
    this.#bytes += bytes;
    if (++this.#entries > limits.entries || !(this.#bytes <= limits.bytes)) {
      throw new ArchiveError(
        `it holds more than ${limits.entries} entries or ${limits.bytes} bytes`,
      );
    }
    if (kind === "Directory") return;
    if (!flat && !path.includes("/")) throw new ArchiveError(`${shown(path)} is in no folder`);
    const name = posix.normalize(path);
    if (this.#files.has(name)) throw new ArchiveError(`it holds ${shown(path)} twice`);
    this.#files.add(name);
  }

  /** @throws {ArchiveError} If no file was admitted. */
  requireFiles(): void {
    if (this.#files.size === 0) throw new ArchiveError("it holds no files");
  }
}

function shown(path: string): string {
  return JSON.stringify(path.slice(0, 200));
}
