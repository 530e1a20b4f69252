import { WeightsError } from "./errors.ts";
import { type LayersInOrder, nameLayers } from "./name_layers.ts";
import { fromMetadata, type NetDescription } from "./net.ts";
import { openSafetensors } from "./safetensors.ts";
import type { StoredArray } from "./weights_file.ts";
import { legacyMagic } from "./torch/torch_magic.ts";
import { isTorchvision, layersOfTorchvision } from "./torch/torchvision.ts";

/** Who named and laid out the weights of a file. */
export type WeightsSource = "vgg" | "keras" | "torchvision" | "onnx";

/** An open weights file. `using` closes it. */
export interface StoredWeights extends Disposable {
  readonly path: string;
  readonly source: WeightsSource;
  /** By this library's names, `block1_conv1/kernel`, and in TensorFlow's layouts. */
  readonly arrays: ReadonlyMap<string, StoredArray>;
  /** Where the file carries one. */
  readonly description?: NetDescription;
}

const hdf5 = Uint8Array.of(0x89, 0x48, 0x44, 0x46, 0x0d, 0x0a, 0x1a, 0x0a);
const brace = "{".charCodeAt(0);
const zip = Uint8Array.of(0x50, 0x4b, 0x03, 0x04);

/**
 * Opens the weights of a VGG net: a safetensors file (this library's, or with torchvision's names), a
 * Keras `.h5` or `.weights.h5`, a state dictionary of torchvision's nets that `torch.save` wrote, or ONNX.
 * Which it is follows from its content. Nothing in it is run, and values are read when they are asked for.
 *
 * @throws {WeightsError} With the path, for a file that is damaged or is of no VGG net.
 *
 * @example
 * ```ts ignore
 * using weights = await openWeights("vgg16-397923af.pth");
 * weights.arrays.get("block1_conv1/kernel")?.shape; // [3, 3, 3, 64]
 * ```
 */
export async function openWeights(path: string): Promise<StoredWeights> {
  const start = await beginningOf(path);
  const begins = (magic: Uint8Array): boolean =>
    magic.every((byte, index) => start[index] === byte);
  // Each format's reader brings a library of its own, which is loaded for such a file alone.
  if (begins(hdf5)) {
    const { openKeras } = await import("./keras/keras_h5.ts");
    return named(await openKeras(path), path, "keras");
  }
  if (isOnnx(start)) {
    const { openOnnx } = await import("./onnx/onnx_file.ts");
    return named(await openOnnx(path), path, "onnx");
  }
  const isTorch = begins(zip) || begins(legacyMagic);
  if (!isTorch && start[8] !== brace) {
    throw new WeightsError(
      `${path} is no weights file: what is read is safetensors, Keras's HDF5, PyTorch's tensors and ONNX`,
    );
  }
  const raw = isTorch
    ? await (await import("./torch/torch_file.ts")).openTorch(path)
    : await openSafetensors(path);
  if (isTorchvision(raw.arrays.keys())) {
    return named({ ...raw, layers: () => layersOfTorchvision(raw.arrays) }, path, "torchvision");
  }
  return named(raw, path, "vgg");
}

/** What the readers of the formats give: arrays that are named already, or layers that are not. */
interface Readable extends Partial<Disposable> {
  readonly arrays?: StoredWeights["arrays"];
  readonly layers?: () => LayersInOrder;
  readonly metadata: Readonly<Record<string, string>>;
}

/** @throws {WeightsError} With the path, where the layers are those of no VGG net. */
function named(readable: Readable, path: string, source: WeightsSource): StoredWeights {
  const { layers, metadata, arrays = new Map() } = readable;
  const dispose = (): void => readable[Symbol.dispose]?.();
  try {
    const description = fromMetadata(metadata);
    return {
      path,
      source,
      arrays: layers ? nameLayers(layers()) : arrays,
      ...(description ? { description } : {}),
      [Symbol.dispose]: dispose,
    };
  } catch (error) {
    dispose();
    if (!(error instanceof WeightsError)) throw error;
    throw new WeightsError(`${path} holds no VGG net: ${error.message}`);
  }
}

/**
 * ONNX has no mark of its own: it begins with its version, field 1 of a message. Safetensors may begin
 * with the same byte, but its ninth is that of JSON.
 */
function isOnnx(start: Uint8Array): boolean {
  return start[0] === 0x08 && start[8] !== brace;
}

async function beginningOf(path: string): Promise<Uint8Array> {
  using file = await Deno.open(path);
  const bytes = new Uint8Array(legacyMagic.length);
  const count = await file.read(bytes) ?? 0;
  return bytes.subarray(0, count);
}
