import { OptionError } from "../../errors.ts";
import { resolveVGGOptions, type VGGOptions } from "../../vgg/options.ts";
import type { DescribedWeights } from "../describe.ts";
import { writeSafetensors } from "../safetensors/write_safetensors.ts";
import { exportMetadata } from "./input.ts";
import { exportTfjs } from "./tfjs.ts";
import { exportTorchvision, torchvisionNote } from "./torchvision.ts";

/** A format in which a net is written for another program. */
export interface ExportFormat {
  /** The format in a few words. */
  readonly about: string;
  /** The extension of the file's name; empty for a format that is a folder. */
  readonly extension: string;
  /** Where it records the preprocessing of images and the names of the classes. */
  readonly saysInputIn: string;
  /** A note for users of the file, in one line; most formats need none. */
  readonly note?: (network: VGGOptions, path: string) => string;
  /** Writes weights to a file or folder. */
  readonly write: (weights: DescribedWeights, path: string) => Promise<void>;
}

/** The names of the export formats. */
export type ExportFormatName =
  | "safetensors"
  | "torchvision"
  | "keras"
  | "saved-model"
  | "tfjs"
  | "onnx";

/** The formats by name. Writers that need another library are imported on first use. */
export const exportFormats: Readonly<Record<ExportFormatName, ExportFormat>> = {
  safetensors: {
    about: "this library's own file, with everything that prediction needs",
    saysInputIn: "its metadata",
    extension: ".safetensors",
    write: exportSafetensors,
  },
  torchvision: {
    about: "safetensors with torchvision's names, and the Python module that loads it",
    saysInputIn: "its metadata and its Python module",
    extension: ".safetensors",
    note: torchvisionNote,
    write: exportTorchvision,
  },
  keras: {
    about: "a whole model for keras.models.load_model",
    saysInputIn: "its group vgg_metadata",
    extension: ".h5",
    write: async (...args) => await (await import("./keras.ts")).exportKeras(...args),
  },
  "saved-model": {
    about: "a folder for tf.saved_model.load and TensorFlow Serving",
    saysInputIn: "assets.extra/vgg.json",
    extension: "",
    write: async (...args) => await (await import("./saved_model.ts")).exportSavedModel(...args),
  },
  tfjs: {
    about: "a folder for tf.loadLayersModel in a browser",
    saysInputIn: "model.json, userDefinedMetadata",
    extension: "",
    write: exportTfjs,
  },
  onnx: {
    about: "a whole model for ONNX Runtime, which takes images with channels first",
    saysInputIn: "its metadata_props",
    extension: ".onnx",
    write: async (...args) => await (await import("./onnx.ts")).exportOnnx(...args),
  },
};

/**
 * Writes weights in another program's format, without an engine.
 *
 * @param precision How kernels are stored. Only safetensors has float16, of half the size.
 * @throws {OptionError} If the format is unknown or cannot represent the net.
 *
 * @example
 * ```ts
 * import { tf } from "vgg/engine";
 * import { buildVGG } from "vgg/vgg";
 * import { describeWeights, exportWeights, openWeights, saveWeights } from "vgg/weights";
 *
 * await tf.setBackend("cpu");
 * const folder = await Deno.makeTempDir();
 * const model = buildVGG({ configuration: "A", inputSize: 32, classes: 10, width: 1 / 16 });
 * await saveWeights(model, `${folder}/mine.safetensors`);
 * using weights = describeWeights(await openWeights(`${folder}/mine.safetensors`));
 * await exportWeights(weights, "keras", `${folder}/mine.h5`);
 * await Deno.remove(folder, { recursive: true });
 * ```
 */
export async function exportWeights(
  weights: DescribedWeights,
  format: ExportFormatName,
  path: string,
  precision: "float32" | "float16" = "float32",
): Promise<void> {
  if (!Object.hasOwn(exportFormats, format)) {
    const names = Object.keys(exportFormats).join(", ");
    throw new OptionError(`format must be one of ${names}. Received: ${format}`);
  }
  if (format === "safetensors") return await exportSafetensors(weights, path, precision);
  if (precision !== "float32") {
    throw new OptionError(`precision must be float32 for ${format}. Received: ${precision}`);
  }
  requirePapersLayers(weights.description.network, format);
  await exportFormats[format].write(weights, path);
}

/** Other formats have the layers of the paper and batch normalization. */
function requirePapersLayers(network: VGGOptions, format: ExportFormatName): void {
  const { configuration, whitening, nonlinearity, head } = resolveVGGOptions(network);
  const others = [
    configuration === "S" ? "configuration S" : "",
    whitening ? "whitening" : "",
    nonlinearity === "gelu" ? "gelu" : "",
    head === "max" ? "the head max" : "",
  ].filter((part) => part !== "");
  if (others.length === 0) return;
  throw new OptionError(
    `only the format safetensors has layers that are not the paper's. ` +
      `Received: ${format}, for a net with ${others.join(", ")}`,
  );
}

async function exportSafetensors(
  { arrays, description }: DescribedWeights,
  path: string,
  precision: "float32" | "float16" = "float32",
): Promise<void> {
  const shapes = new Map([...arrays].map(([name, { shape }]) => [name, shape]));
  await writeSafetensors(
    path,
    shapes,
    (name) => arrays.get(name)!.read(),
    exportMetadata(description),
    precision === "float16" ? "F16" : "F32",
  );
}
