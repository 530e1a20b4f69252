import { join } from "@std/path";
import type { ClassLabel } from "../data/dataset.ts";
import { fetchOnce } from "../data/downloads/fetch_once.ts";
import { FetchError, type RemoteFile } from "../files/remote/remote_file.ts";
import { isFile } from "../data/sources/folders.ts";
import { megabytes } from "../display/format.ts";
import { defaultRoot, imageNetClasses, type ImageNetOptions } from "./classes/imagenet_classes.ts";
import { ownWeights } from "./file_format.ts";
import type { PreprocessingName } from "./preprocessing.ts";
import { commandPrefix } from "../command_line.ts";

/** Weights for ImageNet's thousand classes that their authors published. */
export interface PublishedWeights {
  /** The file on the server. */
  readonly file: RemoteFile;
  /** The name of the local file. */
  readonly path: string;
  /** How images become the net's input. */
  readonly preprocessing: PreprocessingName;
  /** The license. */
  readonly terms: string;
}

/** The first place where Keras's applications were published; the files are the same. */
const firstKeras = "https://github.com/fchollet/deep-learning-models/releases/download/v0.1/";
const terms = "CC BY 4.0, by the paper's authors";

/** The published weights of VGG16 by the names that `--weights` accepts. */
export const publishedWeights = {
  "imagenet-keras": {
    file: {
      name: "Keras's VGG16",
      url: "https://storage.googleapis.com/tensorflow/keras-applications/vgg16/" +
        "vgg16_weights_tf_dim_ordering_tf_kernels.h5",
      mirrors: [`${firstKeras}vgg16_weights_tf_dim_ordering_tf_kernels.h5`],
      bytes: 553_467_096,
      digest: { algorithm: "md5", value: "64373286793e3c8b2b4e3219cbf3544b" },
    },
    path: "vgg16_weights_tf_dim_ordering_tf_kernels.h5",
    preprocessing: "keras",
    terms,
  },
  "imagenet-keras-notop": {
    file: {
      name: "Keras's VGG16 without its classifier",
      url: "https://storage.googleapis.com/tensorflow/keras-applications/vgg16/" +
        "vgg16_weights_tf_dim_ordering_tf_kernels_notop.h5",
      mirrors: [`${firstKeras}vgg16_weights_tf_dim_ordering_tf_kernels_notop.h5`],
      bytes: 58_889_256,
      digest: { algorithm: "md5", value: "6d6bbae143d832006294945121d1f1fc" },
    },
    path: "vgg16_weights_tf_dim_ordering_tf_kernels_notop.h5",
    preprocessing: "keras",
    terms,
  },
  "imagenet-torch": {
    file: {
      name: "torchvision's VGG16",
      url: "https://download.pytorch.org/models/vgg16-397923af.pth",
      bytes: 553_433_881,
      digest: {
        algorithm: "sha256",
        value: "397923af8e79cdbb6a7127f12361acd7a2f83e06b05044ddf496e83de57a5bf0",
      },
    },
    path: "vgg16-397923af.pth",
    preprocessing: "torchvision",
    terms,
  },
} as const satisfies Readonly<Record<string, PublishedWeights>>;

/** The names of published weights. */
export type PublishedName = keyof typeof publishedWeights;

/** The names that stand for weights, in messages: those of published ones, and in a clone its own. */
export function weightsNames(): string {
  const own = ownWeights("cifar10") === undefined ? [] : ["cifar10"];
  return [...own, ...Object.keys(publishedWeights)].join(", ");
}

/** Whether a text is the name of published weights, not a path. */
export function isPublished(name: string): name is PublishedName {
  return Object.hasOwn(publishedWeights, name);
}

/** The local path of published weights. */
export function publishedPath(name: PublishedName): string {
  return join(defaultRoot, publishedWeights[name].path);
}

/** Published weights on this machine, with the facts that their file does not contain. */
export interface FetchedWeights {
  readonly path: string;
  readonly classes: readonly ClassLabel[];
  readonly preprocessing: PreprocessingName;
}

/** How published weights are fetched. */
export interface PublishedOptions extends ImageNetOptions {
  /** For tests: other files to fetch instead. */
  readonly weights?: PublishedWeights;
}

/**
 * Downloads published weights, unless they exist locally, and verifies their size and digest.
 *
 * @throws {FetchError} If no server provides them; calling again resumes the download. Also if they are
 *   missing and `download` is `false`: the message names the task that downloads them, and their size.
 * @throws {WeightsError} If the local list of classes is damaged.
 */
export async function fetchPublished(
  name: PublishedName,
  options: PublishedOptions = {},
): Promise<FetchedWeights> {
  const { root = defaultRoot, download = true } = options;
  const { file, path: fileName, terms, preprocessing } = options.weights ?? publishedWeights[name];
  const path = join(root, fileName);
  if (!await isFile(path)) requireDownload(name, path, file, download);
  try {
    await fetchOnce(file, path, options, ` (${terms})`);
  } catch (error) {
    if (!(error instanceof FetchError) || error.failure.different) throw error;
    const task = taskFor(name, file);
    throw new FetchError(`${error.message}; to fetch it another time: ${task}`, error.failure);
  }
  return { path, classes: await imageNetClasses({ ...options, root }), preprocessing };
}

/** Checks that a download is allowed; the error names the task that has the permission. */
function requireDownload(
  name: PublishedName,
  path: string,
  file: RemoteFile,
  download: boolean,
): void {
  const { host } = new URL(file.url);
  if (download && Deno.permissions.querySync({ name: "net", host }).state === "granted") return;
  throw new FetchError(`${name} is not in ${path} yet; get it with: ${taskFor(name, file)}`);
}

/** The task that downloads published weights, from their mirrors too, and their size. */
function taskFor(name: PublishedName, { bytes }: RemoteFile): string {
  return `${commandPrefix} data ${name} (${megabytes(bytes)})`;
}
