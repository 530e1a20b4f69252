import { join } from "@std/path";
import type { ClassLabel } from "../../data/dataset.ts";
import { fetchOnce } from "../../data/downloads/fetch_once.ts";
import { FetchError, type FetchOptions, type RemoteFile } from "../../files/remote/remote_file.ts";
import { isFile } from "../../data/sources/folders.ts";
import { maxFileBytes, readLimitedText } from "../../files/read_limited.ts";
import { WeightsError } from "../errors.ts";

/** The folder of published weights. */
export const defaultRoot = join("data", "weights");

/** Keras's list of the thousand classes. */
const classIndex = {
  name: "the list of ImageNet's classes",
  url: "https://storage.googleapis.com/download.tensorflow.org/data/imagenet_class_index.json",
  mirrors: ["https://s3.amazonaws.com/deep-learning-models/image-models/imagenet_class_index.json"],
  bytes: 35_363,
  digest: { algorithm: "md5", value: "c2c37ea517e94d9795004a39431a14cb" },
} as const;

/** How the list of classes is fetched. */
export interface ImageNetOptions extends FetchOptions {
  /** The folder of the local files; `data/weights` by default. */
  readonly root?: string;
  /** Whether missing files are downloaded. Default `true`. */
  readonly download?: boolean;
  /** For tests: another list of classes to fetch instead. */
  readonly classes?: RemoteFile;
}

/**
 * Returns ImageNet's thousand classes with their wnids, from Keras's list, which is downloaded unless it
 * exists locally.
 *
 * @throws {FetchError} If no server provides it, or it is missing and a download is not allowed.
 * @throws {WeightsError} If the local list is damaged.
 */
export async function imageNetClasses(options: ImageNetOptions = {}): Promise<ClassLabel[]> {
  const { root = defaultRoot, classes: file = classIndex, download = true } = options;
  const path = join(root, "imagenet_class_index.json");
  if (!await isFile(path)) requirePermission(path, file, download);
  await fetchOnce(file, path, options);
  // Imported on first use because it loads a library for tables.
  const { parseClassNames } = await import("./parse_class_names.ts");
  const classes = parseClassNames(await readLimitedText(path, maxFileBytes.table));
  if (!classes?.every(({ id, name }) => id !== name)) {
    throw new WeightsError(`${path} is damaged; delete it to download it again`);
  }
  return classes.map(({ id, name }) => ({ id, name: name.replaceAll("_", " ") }));
}

function requirePermission(path: string, { name, url }: RemoteFile, download: boolean): void {
  const { host } = new URL(url);
  if (download && Deno.permissions.querySync({ name: "net", host }).state === "granted") return;
  throw new FetchError(
    `${name} is not in ${path} yet, and may not be downloaded from ${host} here`,
  );
}
