import { join } from "@std/path";
import { megabytes } from "../../../display/format.ts";
import type { ClassLabel } from "../../dataset.ts";
import { DataError } from "../../errors.ts";
import { freeBytes } from "../../../files/free_bytes.ts";
import { idleTimeout } from "../../../files/remote/http_request.ts";
import { addressesOf } from "../../../files/remote/remote_file.ts";
import { articleBase, articlePaths } from "./article.ts";
import type { ArticleOptions } from "./fetch_class.ts";

/** What an archive has, where its server does not say it. */
const usualBytes = 150e6;

/**
 * Says how much is fetched, and how much room there is.
 *
 * @throws {DataError} If there is too little room.
 */
export async function tellSize(
  classes: readonly ClassLabel[],
  options: ArticleOptions,
): Promise<void> {
  const { root = "data", onMessage = () => {} } = options;
  const { download } = articlePaths(root);
  const sizes = await Promise.all(classes.map(async ({ id }) => {
    const archive = join(download, `${id}.tar`);
    const fetched = await sizeOfFile(archive) || await sizeOfFile(`${archive}.part`);
    const size = await sizeOnServer(addressOf(id, options), options);
    return { size: size === undefined ? usualBytes : size, isSure: size !== undefined, fetched };
  }));
  const total = sizes.reduce((sum, { size }) => sum + size, 0);
  const largest = Math.max(...sizes.map(({ size }) => size));
  const rest = sizes.reduce((sum, { size, fetched }) => sum + Math.max(0, size - fetched), 0);
  const free = await freeBytes(root);
  onMessage(
    `${classes.length} classes from ${new URL(addressOf(classes[0]!.id, options)).host}, ` +
      `${sizes.every(({ isSure }) => isSure) ? "" : "about "}${megabytes(total)}: ` +
      `${megabytes(rest)} to download, ${megabytes(total + largest)} on the disk` +
      `${free === undefined ? "" : `, of which ${megabytes(free)} are free`}. No digests are ` +
      `published: what comes is recorded in ${articlePaths(root).manifest}`,
  );
  if (free !== undefined && sizes.every(({ isSure }) => isSure) && free < rest + largest) {
    throw new DataError(
      `${root} must have ${megabytes(rest + largest)} free. Received: ${megabytes(free)}`,
    );
  }
}

function addressOf(id: string, { base = articleBase }: ArticleOptions): string {
  return addressesOf({ name: id, url: new URL(`${id}.tar`, base).href })[0]!;
}

/** The size that a server says an archive has, if it does. */
async function sizeOnServer(
  url: string,
  { signal }: ArticleOptions,
): Promise<number | undefined> {
  try {
    const response = await idleTimeout(fetch(url, { method: "HEAD" }), 10_000, signal);
    await response.body?.cancel();
    const length = response.headers.get("content-length");
    if (response.status === 404) return 0;
    return response.ok && length ? Number(length) : undefined;
  } catch {
    signal?.throwIfAborted();
    return undefined; // The download itself says why.
  }
}

async function sizeOfFile(path: string): Promise<number> {
  return await Deno.stat(path).then(({ size }) => size, () => 0);
}
