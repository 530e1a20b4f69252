import { WeightsError } from "./errors.ts";
import type { FileContent, WeightsSource } from "./file_content.ts";
import { detectFormat, type WeightsFormat } from "./file_format.ts";
import { checkpointAdvice } from "./keras/tensorflow_checkpoint.ts";
import { describeOtherFormat } from "./other_formats.ts";
import { openSafetensors } from "./safetensors/open_safetensors.ts";
import { openShardedSafetensors } from "./safetensors/sharded_safetensors.ts";
import { torchContent } from "./torch/torch_content.ts";
import type { RawWeights } from "./weights_file.ts";

/** The content of a file, and the framework whose conventions it follows. */
export interface ReadFile {
  readonly content: FileContent;
  readonly source: WeightsSource;
}

type Reader = (path: string) => Promise<ReadFile>;

/** The readers of the formats. Some load another library, so they are imported only for such files. */
const readers: Readonly<Record<WeightsFormat, Reader>> = {
  hdf5: async (path) => {
    const { openKerasFile } = await import("./keras/keras_archive.ts");
    return { content: await openKerasFile(path), source: "keras" };
  },
  keras: async (path) => {
    const { openKerasArchive } = await import("./keras/keras_archive.ts");
    return { content: await openKerasArchive(path), source: "keras" };
  },
  onnx: async (path) => {
    const other = await describeOtherFormat(path);
    if (other) throw unsupported(path, other);
    const { openOnnx } = await import("./onnx/onnx_file.ts");
    return { content: await openOnnx(path), source: "onnx" };
  },
  "saved-model": async (path) => {
    const { openSavedModel } = await import("./tensorflow/saved_model.ts");
    return { content: await openSavedModel(path), source: "keras" };
  },
  "frozen-graph": async (path) => {
    const { openFrozenGraph } = await import("./tensorflow/saved_model.ts");
    return { content: await openFrozenGraph(path), source: "keras" };
  },
  tfjs: async (path) => {
    const { openTfjs } = await import("./tensorflow/tfjs_file.ts");
    return { content: await openTfjs(path), source: "keras" };
  },
  torch: async (path) => {
    const { openTorch } = await import("./torch/torch_file.ts");
    return await named(await openTorch(path));
  },
  safetensors: async (path) => await named(await openSafetensors(path)),
  "safetensors-index": async (path) => await named(await openShardedSafetensors(path)),
  npz: (path) => readNumpy(path, "npz"),
  npy: (path) => readNumpy(path, "npy"),
  pickle: (path) => readNumpy(path, "pickle"),
};

/**
 * Reads what a file of weights contains. The format is recognized by the content.
 *
 * @throws {WeightsError} If the file is damaged, has another format, or does not hold a VGG net; the error
 *   names the path.
 */
export async function readWeightsFile(path: string): Promise<ReadFile> {
  const format = await detectFormat(path);
  if (format) return await readers[format](path);
  const advice = checkpointAdvice(path);
  throw advice ? new WeightsError(advice) : unsupported(path, await describeOtherFormat(path));
}

function unsupported(path: string, words = "is not a weights file"): WeightsError {
  return new WeightsError(
    `${path} ${words}; supported are safetensors and the files of Keras, TensorFlow, PyTorch, ONNX and NumPy`,
  );
}

/** The content of a file with names: this library's, block1_conv1/kernel, or those of PyTorch. */
async function named(raw: RawWeights): Promise<ReadFile> {
  const names = [...raw.arrays.keys()];
  if (names.some((name) => name.includes("/"))) {
    return { content: { ...raw, names }, source: "vgg" };
  }
  return { content: await torchContent(raw), source: "torchvision" };
}

async function readNumpy(path: string, format: "npz" | "npy" | "pickle"): Promise<ReadFile> {
  const [{ openNumpy }, { numpyContent }] = await Promise.all([
    import("./numpy/numpy_file.ts"),
    import("./numpy/numpy_layers.ts"),
  ]);
  const raw = await openNumpy(path, format);
  const isStateDict = [...raw.arrays].some(([name, { shape: [, , height = 0, width] }]) =>
    name.endsWith(".weight") && height === width && height <= 3
  );
  if (isStateDict) return { content: await torchContent(raw), source: "torchvision" };
  const { content, isTorch } = numpyContent(raw);
  return { content, source: isTorch ? "torchvision" : "keras" };
}
