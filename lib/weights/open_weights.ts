import type { NetDescription } from "./net.ts";
import { fromMetadata } from "./net.ts";
import { openKeras } from "./keras_h5.ts";
import { nameLayers } from "./name_layers.ts";
import { openSafetensors } from "./safetensors.ts";
import type { RawWeights, StoredArray } from "./stored_weights.ts";
import { legacyMagic, openTorch } from "./torch_file.ts";
import { isTorchvision, layersOfTorchvision } from "./torchvision.ts";

/** Who named and laid out the weights of a file. */
export type WeightsSource = "vgg" | "keras" | "torchvision";

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
const zip = Uint8Array.of(0x50, 0x4b, 0x03, 0x04);

/**
 * Opens the weights of a VGG net: a safetensors file (this library's, or with torchvision's names), a
 * Keras `.h5` or `.weights.h5`, or a state dictionary of torchvision's nets that `torch.save` wrote.
 * Which it is follows from its content. Nothing in it is run, and values are read when they are asked for.
 *
 * @throws {TypeError} With the path, for a file that is damaged or is of no VGG net.
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
  if (begins(hdf5)) {
    const { layers, [Symbol.dispose]: dispose } = await openKeras(path);
    return named(path, { [Symbol.dispose]: dispose }, () => ({
      source: "keras",
      arrays: nameLayers(layers),
    }));
  }
  const raw = await (begins(zip) || begins(legacyMagic) ? openTorch : openSafetensors)(path);
  return named(path, raw, () => translated(raw));
}

function translated(raw: RawWeights): Omit<StoredWeights, "path" | keyof Disposable> {
  if (isTorchvision(raw.arrays.keys())) {
    return { source: "torchvision", arrays: nameLayers(layersOfTorchvision(raw.arrays)) };
  }
  const description = fromMetadata(raw.metadata);
  return { source: "vgg", arrays: raw.arrays, ...(description ? { description } : {}) };
}

function named(
  path: string,
  open: Disposable,
  translate: () => Omit<StoredWeights, "path" | keyof Disposable>,
): StoredWeights {
  try {
    return { path, ...translate(), [Symbol.dispose]: () => open[Symbol.dispose]() };
  } catch (error) {
    open[Symbol.dispose]();
    if (!(error instanceof TypeError)) throw error;
    throw new TypeError(`${path} holds no VGG net: ${error.message}`);
  }
}

async function beginningOf(path: string): Promise<Uint8Array> {
  using file = await Deno.open(path);
  const bytes = new Uint8Array(legacyMagic.length);
  const count = await file.read(bytes) ?? 0;
  return bytes.subarray(0, count);
}
