import { join } from "@std/path";
import { fileURLToPath } from "node:url";
import { describeWeights } from "../../../lib/weights/describe.ts";
import { WeightsError } from "../../../lib/weights/errors.ts";
import {
  type ExportFormatName,
  exportWeights,
} from "../../../lib/weights/export/export_weights.ts";
import { openWeights } from "../../../lib/weights/open_weights.ts";
import { requireShapes } from "../../../lib/weights/require_shapes.ts";
import { weightShapes } from "../../../lib/weights/weight_shapes.ts";
import { files } from "../../weights/numpy/numpy_files.ts";
import { wrappings } from "../../weights/torch/wrappings.ts";
import { writeTorch } from "../../weights/torch/write_torch.ts";
import { filesOf, fileTarget, type Target } from "../target.ts";

const golden = fileURLToPath(new URL("../../weights/golden", import.meta.url));

/** Reads all of a file, as a net would be built from it. */
async function readWhole(path: string): Promise<void> {
  using opened = await openWeights(path);
  const weights = describeWeights(opened);
  requireShapes(path, weights.arrays, weightShapes(weights.description.network));
  for (const { shape, read } of weights.arrays.values()) {
    const { length } = await read();
    const expected = shape.reduce((product, side) => product * side, 1);
    if (length !== expected) throw new Error(`[${shape}] gave ${length} numbers`);
  }
}

/** The golden nets, as this library writes them in a format. */
async function exported(format: ExportFormatName, extension: string): Promise<Uint8Array[]> {
  const folder = await Deno.makeTempDir();
  try {
    const files: Uint8Array[] = [];
    for (const source of ["torch.pth", "keras.h5"]) {
      using weights = describeWeights(await openWeights(join(golden, source)));
      const path = join(folder, `${source}.${extension}`);
      await exportWeights(weights, format, path);
      files.push(await Deno.readFile(path));
    }
    return files;
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** A tiny net as programs save it with PyTorch, in both formats. */
async function wrapped(): Promise<Uint8Array[]> {
  const path = await Deno.makeTempFile();
  try {
    const files: Uint8Array[] = [];
    for (const [index, value] of Object.values(wrappings).entries()) {
      await writeTorch(path, value, index % 2 === 1);
      files.push(await Deno.readFile(path));
    }
    return files;
  } finally {
    await Deno.remove(path);
  }
}

const weightsTarget = (
  name: string,
  file: string,
  files: () => Promise<readonly Uint8Array[] | undefined>,
): Target => fileTarget({ name, file, files, read: readWhole, errors: [WeightsError] });

/** Readers of weights, one for each format. */
export const weightsTargets: readonly Target[] = [
  weightsTarget("weights: safetensors", "net.safetensors", async () => [
    ...await filesOf(golden, /\.safetensors$/) ?? [],
    ...await exported("safetensors", "safetensors"),
  ]),
  weightsTarget("weights: Keras HDF5", "net.h5", async () => [
    ...await filesOf(golden, /\.h5$/) ?? [],
    ...await exported("keras", "h5"),
  ]),
  weightsTarget("weights: Keras archive", "net.keras", () => filesOf(golden, /\.keras$/)),
  weightsTarget("weights: PyTorch", "net.pth", () => filesOf(golden, /\.pth$/)),
  weightsTarget("weights: PyTorch checkpoints", "net.tar", wrapped),
  weightsTarget("weights: NumPy", "net.npz", () => Promise.resolve(Object.values(files))),
  weightsTarget("weights: ONNX", "net.onnx", () => exported("onnx", "onnx")),
];
