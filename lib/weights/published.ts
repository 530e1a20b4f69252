import { join } from "@std/path";
import { z } from "zod";
import type { ClassLabel } from "../data/dataset.ts";
import { fetchFile } from "../data/downloads/fetch_file.ts";
import {
  FetchError,
  type FetchOptions,
  type FetchProgress,
  type RemoteFile,
} from "../data/downloads/remote_file.ts";
import { isFile } from "../data/sources/folders.ts";
import { megabytes } from "../display/format.ts";
import { createOnce } from "../files/create_once.ts";
import { WeightsError } from "./errors.ts";
import type { PreprocessingName } from "./preprocessing.ts";

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

/** Whether a text is the name of published weights, not a path. */
export function isPublished(name: string): name is PublishedName {
  return Object.hasOwn(publishedWeights, name);
}

/** The local path of published weights. */
export function publishedPath(name: PublishedName, root: string = defaultRoot): string {
  return join(root, publishedWeights[name].path);
}

const defaultRoot = join("data", "weights");

/** Keras's list of the thousand classes. */
const classIndex = {
  name: "the list of ImageNet's classes",
  url: "https://storage.googleapis.com/download.tensorflow.org/data/imagenet_class_index.json",
  mirrors: ["https://s3.amazonaws.com/deep-learning-models/image-models/imagenet_class_index.json"],
  bytes: 35_363,
  digest: { algorithm: "md5", value: "c2c37ea517e94d9795004a39431a14cb" },
} as const;

/** Published weights on this machine, with the facts that their file does not contain. */
export interface FetchedWeights {
  readonly path: string;
  readonly classes: readonly ClassLabel[];
  readonly preprocessing: PreprocessingName;
}

/** How published weights are fetched. */
export interface PublishedOptions extends FetchOptions {
  /** The folder of the local files; `data/weights` by default. */
  readonly root?: string;
  /** For tests: other files to fetch instead. */
  readonly weights?: PublishedWeights;
  /** For tests: another list of classes to fetch instead. */
  readonly classes?: RemoteFile;
}

/**
 * Downloads published weights, unless they exist locally, and verifies their size and digest.
 *
 * @throws {FetchError} If no server provides them; calling again resumes the download.
 * @throws {WeightsError} If the local list of classes is damaged.
 */
export async function fetchPublished(
  name: PublishedName,
  options: PublishedOptions = {},
): Promise<FetchedWeights> {
  const { root = defaultRoot } = options;
  const { file, path: fileName, terms, preprocessing } = options.weights ?? publishedWeights[name];
  const path = join(root, fileName);
  if (!await isFile(path)) requireNetwork(name, path, file);
  await fetchOnce(file, path, options, ` (${terms})`);
  const list = join(root, "imagenet_class_index.json");
  await fetchOnce(options.classes ?? classIndex, list, options);
  return { path, classes: await readClasses(list), preprocessing };
}

/** Checks the permission to download; the error names the task that has it. */
function requireNetwork(name: PublishedName, path: string, { url, bytes }: RemoteFile): void {
  const { host } = new URL(url);
  if (Deno.permissions.querySync({ name: "net", host }).state === "granted") return;
  throw new FetchError(
    `${name} is not in ${path} yet; get it with: deno task data ${name} (${megabytes(bytes)})`,
  );
}

async function fetchOnce(
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
    await Deno.rename(part, path);
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

const classesSchema = z.record(z.string(), z.tuple([z.string(), z.string()]));

/** Reads a file like `{"0": ["n01440764", "tench"], …}`. */
async function readClasses(path: string): Promise<ClassLabel[]> {
  const index = classesSchema.safeParse(parsed(await Deno.readTextFile(path)));
  if (!index.success) {
    throw new WeightsError(`${path} is damaged; delete it to download it again`);
  }
  return Object.entries(index.data).sort(([a], [b]) => Number(a) - Number(b))
    .map(([, [id, name]]) => ({ id, name: name.replaceAll("_", " ") }));
}

function parsed(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}
