import { WeightsError } from "./errors.ts";
import type { FileContent, FileFacts, WeightsSource } from "./file_content.ts";
import { weightsFile } from "./file_format.ts";
import { nameLayers } from "./name_layers.ts";
import { fromMetadata, type NetDescription } from "./net.ts";
import { withTwoOutputs } from "./network/one_output.ts";
import { readWeightsFile } from "./readers.ts";
import { digestKey } from "./safetensors/digest.ts";
import type { StoredArray } from "./weights_file.ts";

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
  /** The SHA-256 that the file has of its content, which was checked. */
  readonly digest?: string;
}

/**
 * Opens the weights of a VGG net: safetensors, Keras's `.keras`, `.h5` or `.weights.h5`, TensorFlow's
 * SavedModel, frozen graphs and files for TensorFlow.js, PyTorch's checkpoints, modules and TorchScript,
 * ONNX, or NumPy's `.npz`, `.npy` and pickled arrays. The format is recognized by the content. No code in
 * the file is run; values are read on demand.
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
  const { content, source } = await readWeightsFile(path);
  return storedWeights(content, path, source);
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
      ...(metadata[digestKey] === undefined ? {} : { digest: metadata[digestKey] }),
      ...(description ? { description } : withTwoOutputs({ ...named, facts })),
      [Symbol.dispose]: dispose,
    };
  } catch (error) {
    dispose();
    if (!(error instanceof WeightsError)) throw error;
    throw new WeightsError(`${path} does not hold a VGG net: ${error.message}`);
  }
}
