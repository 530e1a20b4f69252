import { join } from "@std/path";
import { createHash } from "node:crypto";
import { rm } from "node:fs/promises";
import { isDeepStrictEqual } from "node:util";
import type { ClassLabel } from "../../dataset.ts";
import { DataError } from "../../errors.ts";
import type { DownloadOptions } from "../download.ts";
import { isFile } from "../../sources/folders.ts";
import { copyAdvice, fetchFile } from "../../../files/remote/fetch_file.ts";
import { FetchError } from "../../../files/remote/remote_file.ts";
import { rename } from "../../../files/rename.ts";
import { ArchiveError } from "../unpack.ts";
import { unpackTar } from "../unpack_tar.ts";
import { articleBase, articlePaths } from "./article.ts";
import type { ArticleManifest, FetchedClass } from "./manifest.ts";
import type { OfficialValidation } from "./official_validation.ts";
import { placeClass } from "./place_class.ts";

/** The maximum number of images of a class: no synset has more. */
const maxImages = 50_000;
/** How {@linkcode downloadArticle} works. */
export interface ArticleOptions extends DownloadOptions {
  /** The seed that chooses the validation images; 1 by default. */
  readonly seed?: number;
  /** A folder with ImageNet's own validation images, which are copied instead. */
  readonly validation?: string;
  /** The manifest of another download, which this one must equal. */
  readonly manifest?: string;
  /** The folder on a server with the archives; for tests. */
  readonly base?: string;
}

/** A download of the article's photographs under way. */
export interface ArticleDownload {
  readonly options: ArticleOptions;
  readonly official: OfficialValidation | undefined;
  readonly expected: ArticleManifest | undefined;
}

/**
 * Fetches a class, and puts its images into `train` and `val`.
 *
 * @throws {FetchError} If no server has it; {ArchiveError} or {DataError} if it is not what it should be.
 */
export async function fetchClass(
  label: ClassLabel,
  fetching: ArticleDownload,
): Promise<FetchedClass> {
  const { options, official, expected } = fetching;
  const { root = "data", base = articleBase, seed = 1, onProgress, signal } = options;
  const { folder, download } = articlePaths(root);
  const { id, name } = label;
  const known = expected?.classes.find((candidate) => candidate.id === id);
  const archive = join(download, `${id}.tar`);
  const url = new URL(`${id}.tar`, base).href;
  if (!await isFile(archive)) await fetchArchive(label, { url, known, archive }, options);
  const { bytes, sha256 } = await measure(archive);
  if (known && sha256 !== known.sha256) {
    await rm(archive);
    throw new DataError(`${archive} must have SHA-256 ${known.sha256}. Received: ${sha256}`);
  }
  const [unpacked, ready] = [join(download, id), join(download, `${id}.ready`)];
  for (const old of [unpacked, ready]) await rm(old, { recursive: true, force: true });
  try {
    await unpackTar(archive, unpacked, {
      flat: true,
      limits: { entries: maxImages, bytes },
      onProgress: (done) => onProgress?.({ stage: "unpacking", bytes: done, total: bytes }),
      ...signal ? { signal } : {},
    });
  } catch (error) {
    // Nothing else proves such an archive: it may be another file, to be fetched again.
    if (error instanceof ArchiveError) await rm(archive, { force: true });
    throw error;
  }
  const placed = await placeClass(unpacked, ready, id, official ? await official(id) : seed);
  if (Object.keys(placed.train).length === 0) {
    await rm(archive);
    throw new DataError(`${url} must hold images. Received: ${placed.left_out.length} other files`);
  }
  const fetched = { id, name, url, bytes, sha256, ...placed };
  if (known) requireSameFiles(known, fetched);
  for (const [part, target] of [["train", "train"], ["val", "val"]] as const) {
    await Deno.mkdir(join(folder, target), { recursive: true });
    await rm(join(folder, target, id), { recursive: true, force: true });
    await rename(join(ready, part), join(folder, target, id));
  }
  return fetched;
}

/** Fetches an archive, which has its name only once it is complete. */
async function fetchArchive(
  { name }: ClassLabel,
  { url, known, archive }: {
    readonly url: string;
    readonly known: FetchedClass | undefined;
    readonly archive: string;
  },
  options: ArticleOptions,
): Promise<void> {
  const part = `${archive}.part`;
  const checked = known && {
    bytes: known.bytes,
    digest: { algorithm: "sha256", value: known.sha256 } as const,
  };
  try {
    await fetchFile({ name: `${name}'s archive`, url, ...checked }, part, options);
  } catch (error) {
    if (!(error instanceof FetchError) || !error.failure.unreachable || known) throw error;
    throw new FetchError(error.message + copyAdvice(archive), error.failure);
  }
  await rename(part, archive);
}

/** The same archive gives the same files, unless the validation images were chosen in another way. */
function requireSameFiles(known: FetchedClass, fetched: FetchedClass): void {
  if (
    isDeepStrictEqual(known.train, fetched.train) &&
    isDeepStrictEqual(known.validation, fetched.validation)
  ) return;
  throw new DataError(
    `${fetched.name} must have the manifest's training and validation images. Received: others; give ` +
      `the seed, or the validation images, that the manifest was made with`,
  );
}

async function measure(path: string): Promise<{ bytes: number; sha256: string }> {
  const hash = createHash("sha256");
  let bytes = 0;
  const file = await Deno.open(path);
  for await (const chunk of file.readable) {
    hash.update(chunk);
    bytes += chunk.length;
  }
  return { bytes, sha256: hash.digest("hex") };
}
