import { WeightsError } from "./errors.ts";
import { detectFormat, weightsFile } from "./file_format.ts";
import type { FileContent, FileFacts } from "./file_content.ts";
import { checkpointAdvice } from "./keras/tensorflow_checkpoint.ts";
import { nameLayers } from "./name_layers.ts";
import { fromMetadata, type NetDescription } from "./net.ts";
import { withTwoOutputs } from "./network/one_output.ts";
import { openSafetensors } from "./safetensors.ts";
import type { StoredArray } from "./weights_file.ts";
import { torchContent } from "./torch/torch_content.ts";

/** The framework whose names and layouts the weights of a file have. */
export type WeightsSource = "vgg" | "keras" | "torchvision" | "onnx";

/** An open weights file. `using` closes it. */
export interface StoredWeights extends Disposable {
  /** The path of the file. */
  readonly path: string;
  /** The framework that wrote the weights. */
  readonly source: WeightsSource;
  /** The file's own names: of layers in Keras's files, otherwise of arrays. */
  readonly storedNames: readonly string[];
  /** The arrays by this library's names, `block1_conv1/kernel`, and in TensorFlow's layouts. */
  readonly arrays: ReadonlyMap<string, StoredArray>;
  /** The layers of the head in a few words, if it is not a VGG's; then its arrays are left out. */
  readonly otherHead?: string;
  /** The description of the net, if the file has one. */
  readonly description?: NetDescription;
  /** What else the file says. */
  readonly facts: FileFacts;
}

/**
 * Opens the weights of a VGG net: a safetensors file (this library's, or with torchvision's names), a Keras
 * `.keras`, `.h5` or `.weights.h5`, a state dictionary of a torchvision net that `torch.save` wrote,
 * ONNX, a SavedModel or a frozen graph of TensorFlow, or a net for TensorFlow.js (the folder or its file). The
 * format is recognized by the content. No code in the file is run; values are read on demand.
 *
 * @throws {WeightsError} If the file is damaged or does not hold a VGG net; the error names the path.
 *
 * @example
 * ```ts
 * import { tf } from "vgg/engine";
 * import { buildVGG } from "vgg/vgg";
 * import { openWeights, saveWeights } from "vgg/weights";
 *
 * await tf.setBackend("cpu");
 * const path = await Deno.makeTempFile({ suffix: ".safetensors" });
 * const model = buildVGG({ configuration: "A", inputSize: 32, classes: 10, width: 1 / 16 });
 * await saveWeights(model, path);
 * using weights = await openWeights(path);
 * weights.arrays.get("block1_conv1/kernel")?.shape; // [3, 3, 3, 4]
 * await Deno.remove(path);
 * ```
 */
export async function openWeights(path: string): Promise<StoredWeights> {
  const file = await weightsFile(path);
  if (file !== undefined && file !== path) return await openWeights(file);
  const format = await detectFormat(path);
  // The readers of some formats load another library, so they are imported only for such files.
  if (format === "hdf5") {
    const { openKeras } = await import("./keras/keras_h5.ts");
    return storedWeights(await openKeras(path), path, "keras");
  }
  if (format === "keras") {
    const { openKerasArchive } = await import("./keras/keras_archive.ts");
    return storedWeights(await openKerasArchive(path), path, "keras");
  }
  if (format === "onnx") {
    const { openOnnx } = await import("./onnx/onnx_file.ts");
    return storedWeights(await openOnnx(path), path, "onnx");
  }
  if (format === "saved-model" || format === "frozen-graph") {
    const { openFrozenGraph, openSavedModel } = await import("./tensorflow/saved_model.ts");
    const open = format === "saved-model" ? openSavedModel : openFrozenGraph;
    return storedWeights(await open(path), path, "keras");
  }
  if (format === "tfjs") {
    const { openTfjs } = await import("./tensorflow/tfjs_file.ts");
    return storedWeights(await openTfjs(path), path, "keras");
  }
  if (format === undefined) {
    throw new WeightsError(
      await checkpointAdvice(path) ??
        `${path} is not a weights file; ` +
          "supported are safetensors, Keras's files, PyTorch's tensors, ONNX, SavedModel and TensorFlow.js",
    );
  }
  const raw = format === "torch"
    ? await (await import("./torch/torch_file.ts")).openTorch(path)
    : await openSafetensors(path);
  const names = [...raw.arrays.keys()];
  // This library names arrays like block1_conv1/kernel.
  if (names.some((name) => name.includes("/"))) {
    return storedWeights({ ...raw, names }, path, "vgg");
  }
  return storedWeights(await torchContent(raw), path, "torchvision");
}

/** @throws {WeightsError} If the layers are not those of a VGG net; the error names the path. */
function storedWeights(content: FileContent, path: string, source: WeightsSource): StoredWeights {
  const { names, layers, metadata, arrays = new Map() } = content;
  const dispose = (): void => content[Symbol.dispose]?.();
  try {
    const description = fromMetadata(metadata);
    const named = layers ? nameLayers(layers()) : { arrays };
    const { facts = {} } = content;
    return {
      path,
      source,
      storedNames: [...names],
      ...named,
      facts,
      ...(description ? { description } : withTwoOutputs({ ...named, facts })),
      [Symbol.dispose]: dispose,
    };
  } catch (error) {
    dispose();
    if (!(error instanceof WeightsError)) throw error;
    throw new WeightsError(`${path} does not hold a VGG net: ${error.message}`);
  }
}
