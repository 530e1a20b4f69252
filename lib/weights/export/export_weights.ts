import { OptionError } from "../../errors.ts";
import type { VGGOptions } from "../../vgg/options.ts";
import type { DescribedWeights } from "../describe.ts";
import { toMetadata } from "../net.ts";
import { writeSafetensors } from "../safetensors.ts";
import { exportTfjs } from "./tfjs.ts";
import { exportTorchvision, torchvisionNote } from "./torchvision.ts";

/** A way to write a net for another program. */
export interface ExportFormat {
  readonly about: string;
  /** Of the file's name; nothing for a format that is a folder. */
  readonly extension: string;
  /** What whoever reads the file must know, in one line; nothing for most nets. */
  readonly note?: (network: VGGOptions) => string | undefined;
  readonly write: (weights: DescribedWeights, path: string) => Promise<void>;
}

export type ExportFormatName =
  | "safetensors"
  | "torchvision"
  | "keras"
  | "saved-model"
  | "tfjs"
  | "onnx";

/** The formats by name. What brings a library of its own is loaded when it is asked for. */
export const exportFormats: Readonly<Record<ExportFormatName, ExportFormat>> = {
  safetensors: {
    about: "this library's own file, with all that predicting needs",
    extension: ".safetensors",
    write: exportSafetensors,
  },
  torchvision: {
    about: "safetensors with torchvision's names, for load_state_dict",
    extension: ".safetensors",
    note: torchvisionNote,
    write: exportTorchvision,
  },
  keras: {
    about: "a whole model for keras.models.load_model",
    extension: ".h5",
    write: async (...given) => await (await import("./keras.ts")).exportKeras(...given),
  },
  "saved-model": {
    about: "a folder for tf.saved_model.load and TensorFlow Serving",
    extension: "",
    write: async (...given) => await (await import("./saved_model.ts")).exportSavedModel(...given),
  },
  tfjs: {
    about: "a folder for tf.loadLayersModel in a browser",
    extension: "",
    write: exportTfjs,
  },
  onnx: {
    about: "a whole model for ONNX Runtime, images by channels first",
    extension: ".onnx",
    write: async (...given) => await (await import("./onnx.ts")).exportOnnx(...given),
  },
};

/**
 * Writes weights in another program's format. No engine is needed.
 *
 * @throws {OptionError} For a format that is not known, or a net that it cannot hold.
 *
 * @example
 * ```ts ignore
 * using weights = describeWeights(await openWeights("runs/mine/weights/best.safetensors"));
 * await exportWeights(weights, "keras", "mine.h5");
 * ```
 */
export async function exportWeights(
  weights: DescribedWeights,
  format: ExportFormatName,
  path: string,
): Promise<void> {
  if (!Object.hasOwn(exportFormats, format)) {
    const known = Object.keys(exportFormats).join(", ");
    throw new OptionError(`format must be one of ${known}. Received: ${format}`);
  }
  await exportFormats[format].write(weights, path);
}

async function exportSafetensors(
  { arrays, description }: DescribedWeights,
  path: string,
): Promise<void> {
  const shapes = new Map([...arrays].map(([name, { shape }]) => [name, shape]));
  await writeSafetensors(path, shapes, (name) => arrays.get(name)!.read(), toMetadata(description));
}
