import { join } from "@std/path";
import { z } from "zod";
import { isFile } from "../data/folders.ts";
import type { ClassLabel } from "../data/dataset.ts";
import { fetchFile, type FetchOptions, type RemoteFile } from "../files/fetch_file.ts";
import type { PreprocessingName } from "./preprocessing.ts";

/** Weights that their authors offer, trained on ImageNet's thousand classes. */
export interface PublishedWeights {
  readonly file: RemoteFile;
  /** Where they are kept. */
  readonly path: string;
  readonly size: string;
  readonly preprocessing: PreprocessingName;
  readonly terms: string;
}

const terms = "CC BY 4.0, by the paper's authors";

/** VGG16's published weights by the name that `--weights` takes. */
export const publishedWeights = {
  "imagenet-keras": {
    file: {
      name: "Keras's VGG16",
      url: "https://storage.googleapis.com/tensorflow/keras-applications/vgg16/" +
        "vgg16_weights_tf_dim_ordering_tf_kernels.h5",
      digest: { algorithm: "md5", value: "64373286793e3c8b2b4e3219cbf3544b" },
    },
    path: "vgg16_weights_tf_dim_ordering_tf_kernels.h5",
    size: "528 MB",
    preprocessing: "keras",
    terms,
  },
  "imagenet-keras-notop": {
    file: {
      name: "Keras's VGG16 without its classifier",
      url: "https://storage.googleapis.com/tensorflow/keras-applications/vgg16/" +
        "vgg16_weights_tf_dim_ordering_tf_kernels_notop.h5",
      digest: { algorithm: "md5", value: "6d6bbae143d832006294945121d1f1fc" },
    },
    path: "vgg16_weights_tf_dim_ordering_tf_kernels_notop.h5",
    size: "56 MB",
    preprocessing: "keras",
    terms,
  },
  "imagenet-torch": {
    file: {
      name: "torchvision's VGG16",
      url: "https://download.pytorch.org/models/vgg16-397923af.pth",
      digest: {
        algorithm: "sha256",
        value: "397923af8e79cdbb6a7127f12361acd7a2f83e06b05044ddf496e83de57a5bf0",
      },
    },
    path: "vgg16-397923af.pth",
    size: "528 MB",
    preprocessing: "torchvision",
    terms,
  },
} as const satisfies Readonly<Record<string, PublishedWeights>>;

export type PublishedName = keyof typeof publishedWeights;

/** Whether a text names published weights, and is no path. */
export function isPublished(name: string): name is PublishedName {
  return Object.hasOwn(publishedWeights, name);
}

/** The thousand classes, as Keras offers them. */
const classIndex = {
  name: "the list of ImageNet's classes",
  url: "https://storage.googleapis.com/download.tensorflow.org/data/imagenet_class_index.json",
  digest: { algorithm: "md5", value: "c2c37ea517e94d9795004a39431a14cb" },
} as const;

/** Published weights that are there. */
export interface FetchedWeights {
  readonly path: string;
  readonly classes: readonly ClassLabel[];
  readonly preprocessing: PreprocessingName;
}

export interface PublishedOptions extends FetchOptions {
  /** The folder that they are kept in; `data/weights` by default. */
  readonly root?: string;
  readonly onMessage?: (line: string) => void;
  /** For tests: what is fetched in their place. */
  readonly weights?: PublishedWeights;
  readonly classes?: RemoteFile;
}

/**
 * Fetches published weights where they are not there yet, verified by their digest.
 *
 * @returns Their path, and what their file does not say.
 * @throws {FetchError} Where a server refuses or breaks off; the same call goes on from there.
 */
export async function fetchPublished(
  name: PublishedName,
  options: PublishedOptions = {},
): Promise<FetchedWeights> {
  const { root = join("data", "weights"), onMessage } = options;
  const weights = options.weights ?? publishedWeights[name];
  await Deno.mkdir(root, { recursive: true });
  const path = join(root, weights.path);
  if (!await isFile(path)) {
    onMessage?.(`Fetching ${weights.file.name}, ${weights.size}, into ${path} (${weights.terms})`);
  }
  await fetchOnce(weights.file, path, options);
  const list = join(root, "imagenet_class_index.json");
  await fetchOnce(options.classes ?? classIndex, list, options);
  const classes = parseClasses(await Deno.readTextFile(list));
  return { path, classes, preprocessing: weights.preprocessing };
}

async function fetchOnce(file: RemoteFile, path: string, options: FetchOptions): Promise<void> {
  if (await isFile(path)) return;
  const part = `${path}.part`;
  await fetchFile(file, part, options);
  await Deno.rename(part, path);
}

/** `{"0": ["n01440764", "tench"], …}`. */
function parseClasses(json: string): ClassLabel[] {
  const index = z.record(z.string(), z.tuple([z.string(), z.string()])).parse(JSON.parse(json));
  return Object.entries(index).sort(([a], [b]) => Number(a) - Number(b))
    .map(([, [id, name]]) => ({ id, name: name.replaceAll("_", " ") }));
}
