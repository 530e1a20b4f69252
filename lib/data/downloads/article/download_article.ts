import { join } from "@std/path";
import { rm } from "node:fs/promises";
import { takeLock } from "../../../files/file_lock.ts";
import { mapWriteErrors } from "../../../files/write.ts";
import type { ClassLabel } from "../../dataset.ts";
import { DataError } from "../../errors.ts";
import { articleClasses } from "../../sources/class_names.ts";
import { FetchError } from "../../../files/remote/remote_file.ts";
import { ArchiveError } from "../unpack.ts";
import { articleName, articlePaths, articleState } from "./article.ts";
import { type ArticleDownload, type ArticleOptions, fetchClass } from "./fetch_class.ts";
import { type ArticleManifest, readManifest, writeManifest } from "./manifest.ts";
import { openOfficialValidation } from "./official_validation.ts";
import { tellSize } from "./tell_size.ts";

const about =
  "ImageNet's photographs of the article's classes, as they came. ImageNet publishes no " +
  "digests: these are of the first download, and let another machine verify its own.";

/**
 * Fetches the photographs of the article's ten classes from ImageNet, class by class: each archive is
 * fetched, unpacked, checked to hold images, divided into `train` and `val`, and noted in a manifest with
 * its digests. A class that no server has is named in the manifest, and the others stay. The same call
 * continues a download that was interrupted. Its caller has shown ImageNet's terms.
 *
 * @returns The folder.
 * @throws {DataError} If a server fails, an archive is not what it should be, or the disk is too small.
 * @throws {WriteError} If files cannot be written.
 */
export async function downloadArticle(options: ArticleOptions = {}): Promise<string> {
  const { root = "data", signal, onMessage = () => {} } = options;
  const { folder, download } = articlePaths(root);
  await mapWriteErrors(folder, () => Deno.mkdir(root, { recursive: true }));
  using _lock = await takeLock(`${folder}.lock`, {
    onWait: () => onMessage(`Waiting for another process that fetches ${articleName} …`),
    ...signal ? { signal } : {},
  });
  const before = await articleState(root);
  if (before.state === "whole" && before.missing.length === 0) return folder;
  const fetching: ArticleDownload = {
    options,
    official: options.validation === undefined
      ? undefined
      : await openOfficialValidation(options.validation),
    expected: await readExpected(options.manifest),
  };
  const wanted = articleClasses.filter(({ id }) => !before.classes.includes(id));
  await mapWriteErrors(folder, async () => {
    await Deno.mkdir(download, { recursive: true });
    await Deno.mkdir(folder, { recursive: true });
  });
  await tellSize(wanted, options);
  for (const label of wanted) await addClass(label, fetching);
  await rm(download, { recursive: true, force: true });
  const { classes, missing } = await articleState(root);
  if (classes.length > 0) return folder;
  await rm(folder, { recursive: true, force: true });
  throw new DataError(`no server has any of the classes: ${missing[0]?.reason}`);
}

async function readExpected(path: string | undefined): Promise<ArticleManifest | undefined> {
  const manifest = path === undefined ? undefined : await readManifest(path);
  if (path === undefined || manifest) return manifest;
  throw new DataError(`manifest must be an existing file. Received: ${path}`);
}

/** Fetches one class, and adds it to the manifest. */
async function addClass(label: ClassLabel, fetching: ArticleDownload): Promise<void> {
  const { options: { root = "data", seed = 1, onMessage = () => {} }, official } = fetching;
  const { manifest: path } = articlePaths(root);
  const before = await readManifest(path) ??
    { format: 1, about, seed: official ? null : seed, classes: [], missing: [] };
  requireSameSplit(before, official ? null : seed);
  const missing = before.missing.filter(({ id }) => id !== label.id);
  try {
    const fetched = await fetchClass(label, fetching);
    const classes = [...before.classes, fetched];
    await writeManifest(path, { ...before, classes, missing });
    const { train, validation, left_out } = fetched;
    const [first] = left_out;
    onMessage(
      `${label.name}: ${Object.keys(train).length} training and ` +
        `${Object.keys(validation).length} validation images` +
        (first ? `; left out ${left_out.length}, such as ${first.file}: ${first.reason}` : ""),
    );
  } catch (error) {
    if (!(error instanceof FetchError) || !error.failure.missing) throw asDataError(error);
    onMessage(`${label.name} is missing: ${error.message}; the other classes stay`);
    const reason = error.message;
    await writeManifest(path, { ...before, missing: [...missing, { id: label.id, reason }] });
  }
  await rm(join(articlePaths(root).download, `${label.id}.tar`), { force: true });
}

/** A set whose classes were split in different ways would be no set. */
function requireSameSplit({ seed: before, classes }: ArticleManifest, now: number | null): void {
  if (classes.length === 0 || before === now) return;
  const words = (seed: number | null): string =>
    seed === null ? "ImageNet's own validation images" : `validation images chosen by seed ${seed}`;
  throw new DataError(
    `the classes that are there have ${
      words(before)
    }: the others must have them too, or delete the ` +
      `folder first. Received: ${words(now)}`,
  );
}

function asDataError(error: unknown): unknown {
  const isUsers = error instanceof FetchError || error instanceof ArchiveError;
  return isUsers ? new DataError(error.message) : error;
}
