import { createOnce } from "../../files/create_once.ts";
import { DataError } from "../errors.ts";
import { isFolder } from "../sources/folders.ts";
import { type DownloadableSet, setPaths } from "./downloads.ts";
import { fetchFile } from "../../files/remote/fetch_file.ts";
import {
  FetchError,
  type FetchOptions,
  type FetchProgress,
} from "../../files/remote/remote_file.ts";
import { ArchiveError } from "./unpack.ts";
import { unpackTar } from "./unpack_tar.ts";
import { unpackZip } from "./unpack_zip.ts";

/** The maximum number of files of an archive: Tiny ImageNet has 120,000. */
const maxEntries = 200_000;
/** Images hardly compress: a set is about as large as its archive. */
const maxExpansion = 4;

/** What {@linkcode download} does, and how far it is. */
export interface DownloadProgress {
  readonly stage: FetchProgress["stage"] | "unpacking";
  /** Bytes of the archive processed in this stage. */
  readonly bytes: number;
  /** Bytes of the whole archive. */
  readonly total: number;
}

/** How {@linkcode download} works. */
export interface DownloadOptions extends Omit<FetchOptions, "onProgress"> {
  /** The folder that holds downloaded sets; `data` by default. */
  readonly root?: string;
  readonly onProgress?: (progress: DownloadProgress) => void;
}

/**
 * Fetches a data set, verifies its archive's size and digest, and unpacks it to a folder named after the
 * set, unless the folder exists. It resumes a download that was interrupted, and waits while another
 * process fetches the same set. The folder appears only once it is complete.
 *
 * @returns The set's folder.
 * @throws {DataError} If no server sends the archive, or it is not the expected one.
 * @throws {WriteError} If it cannot be written.
 *
 * @example
 * ```ts ignore
 * import { download } from "./download.ts";
 * import { downloadableSets } from "./downloads.ts";
 *
 * await download(downloadableSets[0]!, {
 *   onProgress: ({ bytes, total }) => console.log(bytes / total),
 * });
 * ```
 */
export async function download(
  set: DownloadableSet,
  options: DownloadOptions = {},
): Promise<string> {
  const { root = "data", signal, onMessage } = options;
  const { folder, part } = setPaths(set, root);
  await createOnce(folder, isFolder, () => fetchAndUnpack(set, part, folder, options), {
    onWait: () => onMessage?.(`Waiting for another process that fetches ${set.name} …`),
    ...(signal ? { signal } : {}),
  });
  return folder;
}

async function fetchAndUnpack(
  set: DownloadableSet,
  part: string,
  folder: string,
  options: DownloadOptions,
): Promise<void> {
  const { onProgress = () => {}, signal } = options;
  try {
    await fetchFile(set.archive, part, options);
    const unpack = set.archive.url.endsWith(".zip") ? unpackZip : unpackTar;
    await unpack(part, folder, {
      limits: { entries: maxEntries, bytes: maxExpansion * set.archive.bytes },
      onProgress: (bytes) => onProgress({ stage: "unpacking", bytes, total: set.archive.bytes }),
      ...(signal ? { signal } : {}),
    });
  } catch (error) {
    const isUsers = error instanceof FetchError || error instanceof ArchiveError;
    throw isUsers ? new DataError(error.message) : error;
  }
  await Deno.remove(part);
}
