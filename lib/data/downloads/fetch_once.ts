import { isFile } from "../sources/folders.ts";
import { megabytes } from "../../display/format.ts";
import { createOnce } from "../../files/create_once.ts";
import { fetchFile } from "../../files/remote/fetch_file.ts";
import { rename } from "../../files/rename.ts";
import type { FetchOptions, FetchProgress, RemoteFile } from "../../files/remote/remote_file.ts";

/**
 * Downloads a file unless it exists locally.
 *
 * @param note Added to the message that says what is downloaded.
 * @throws {FetchError} If no server provides it; calling again resumes the download.
 */
export async function fetchOnce(
  file: RemoteFile,
  path: string,
  options: FetchOptions,
  note = "",
): Promise<void> {
  const { onMessage, signal } = options;
  await createOnce(path, isFile, async () => {
    onMessage?.(`Fetching ${file.name}, ${megabytes(file.bytes)}, into ${path}${note}`);
    const part = `${path}.part`;
    await fetchFile(file, part, { onProgress: progressLogger(onMessage), ...options });
    await rename(part, path);
  }, {
    onWait: () => onMessage?.(`Waiting for another process that fetches ${file.name} …`),
    ...(signal ? { signal } : {}),
  });
}

/** Milliseconds between two progress messages. */
const progressInterval = 10_000;

/** Reports progress in occasional messages, for callers without a progress bar. */
function progressLogger(onMessage: FetchOptions["onMessage"]): (progress: FetchProgress) => void {
  let last = performance.now();
  return ({ stage, bytes, total }) => {
    if (performance.now() - last < progressInterval) return;
    last = performance.now();
    onMessage?.(`… ${megabytes(bytes)} of ${megabytes(total)}, ${stage}`);
  };
}
