import { extract } from "tar";
import { FetchError, fetchFile } from "../files/fetch_file.ts";
import { removeFolder } from "../files/remove_folder.ts";
import { DataError } from "./errors.ts";
import { isFolder } from "./folders.ts";
import { type DownloadableSet, setPaths } from "./sets.ts";

/** What {@linkcode download} is about, and how far it is. */
export interface DownloadProgress {
  readonly stage: "fetching" | "verifying" | "unpacking";
  /** Bytes of the archive done with in this stage. */
  readonly bytes: number;
  /** Bytes of the whole archive. */
  readonly total: number;
}

/** How {@linkcode download} works. */
export interface DownloadOptions {
  /** The folder that holds downloaded sets; `data` by default. */
  readonly root?: string;
  readonly onProgress?: (progress: DownloadProgress) => void;
  readonly signal?: AbortSignal;
}

/**
 * Fetches a data set, verifies its archive's size and digest, and unpacks it to a folder named for
 * the set. A download that was cut off is taken up where it stopped; the folder appears only once it
 * is whole. Where it is there already, nothing is done.
 *
 * @returns The set's folder.
 * @throws {DataError} Where the server refuses or breaks off, or the archive is not the one expected.
 *
 * @example
 * ```ts ignore
 * await download(downloadableSets[0], { onProgress: ({ bytes, total }) => report(bytes / total) });
 * ```
 */
export async function download(
  set: DownloadableSet,
  options: DownloadOptions = {},
): Promise<string> {
  const { root = "data", signal, onProgress = () => {} } = options;
  const { folder, part } = setPaths(set, root);
  if (await isFolder(folder)) return folder;
  await Deno.mkdir(root, { recursive: true });
  const progress = (stage: DownloadProgress["stage"], bytes: number): void => {
    signal?.throwIfAborted();
    onProgress({ stage, bytes, total: set.bytes });
  };
  await fetchFile(
    {
      name: `${set.name}'s archive`,
      url: set.url,
      bytes: set.bytes,
      digest: { algorithm: "sha256", value: set.sha256 },
    },
    part,
    {
      ...(signal ? { signal } : {}),
      onProgress: ({ stage, bytes }) => progress(stage, bytes),
    },
  ).catch((error) => {
    throw error instanceof FetchError ? new DataError(error.message) : error;
  });
  progress("unpacking", 0);
  await unpack(part, folder);
  await Deno.remove(part);
  return folder;
}

/** Unpacks beside the final folder first, so that a half unpacked one is never taken for whole. */
async function unpack(archive: string, folder: string): Promise<void> {
  const temporary = `${folder}.unpacking`;
  await removeFolder(temporary);
  await Deno.mkdir(temporary);
  try {
    // Every archive holds one folder, whose name we replace; tar refuses paths that lead outside.
    await extract({ file: archive, cwd: temporary, strip: 1 });
    await Deno.rename(temporary, folder);
  } catch (error) {
    await removeFolder(temporary);
    throw error;
  }
}
