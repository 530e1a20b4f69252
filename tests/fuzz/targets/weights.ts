import { basename, dirname, join } from "@std/path";
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
import { tf } from "../../../lib/engine/tf.ts";
import {
  type FormulaNet,
  formulaNet,
  integers,
  onnxBytes,
  type Style,
} from "../../weights/onnx/write_graph.ts";
import { writeVariables } from "../../weights/tensorflow/write_saved_model.ts";
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

/** A small net, whose engine is made when it is asked for. */
async function smallNet(): Promise<FormulaNet> {
  await tf.setBackend("cpu");
  return formulaNet({
    configuration: "A",
    inputSize: 32,
    width: 1 / 64,
    classes: 3,
    head: "small",
    batchNorm: true,
  });
}

/** Nets as other exporters write them: constants in nodes, factors, other types and orders. */
async function graphs(): Promise<Uint8Array[]> {
  const net = await smallNet();
  const lengths = [integers("minus one", [-1]), integers("zero", [0])];
  const half: Style["store"] = (name, dims, values) => ({
    name,
    dims,
    data_type: 10,
    int32_data: [...new Uint16Array(Float16Array.from(values).buffer)],
  });
  const styles: Style[] = [
    { channelsLast: true, dense: "matmul", reshape: true, more: lengths, transposedKernels: true },
    { constants: true, normalization: "factors", dense: "gemm-plain" },
    { store: half },
  ];
  return styles.map((style) => onnxBytes(net, style));
}

/** The files of a SavedModel with variables, as a net's reader finds them in a folder. */
async function savedModel(): Promise<Map<string, Uint8Array>> {
  const folder = await Deno.makeTempDir();
  try {
    await writeVariables(folder, await smallNet());
    const names = [
      "saved_model.pb",
      ...["index", "data-00000-of-00001"].map((end) => join("variables", `variables.${end}`)),
    ];
    return new Map(
      await Promise.all(
        names.map(async (name) => [name, await Deno.readFile(join(folder, name))] as const),
      ),
    );
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** A file of a SavedModel between the others as they are. */
function savedModelTarget(file: string): Target {
  let known: Promise<Map<string, Uint8Array>> | undefined;
  const target = fileTarget({
    name: `weights: SavedModel, ${basename(file)}`,
    file,
    files: async () => [(await (known ??= savedModel())).get(file)!],
    read: async (_, folder) => {
      for (const [name, bytes] of (await known)!) {
        if (name === file) continue;
        await Deno.mkdir(dirname(join(folder, name)), { recursive: true });
        await Deno.writeFile(join(folder, name), bytes);
      }
      await readWhole(join(folder, "saved_model.pb"));
    },
    errors: [WeightsError],
  });
  return { ...target, names: /saved_model\.pb/ };
}

/** The description of a model for TensorFlow.js, beside its values. */
function tfjsTarget(): Target {
  let known: Promise<Map<string, Uint8Array>> | undefined;
  const write = async (): Promise<Map<string, Uint8Array>> => {
    const folder = await Deno.makeTempDir();
    try {
      using weights = describeWeights(await openWeights(join(golden, "torch.pth")));
      await exportWeights(weights, "tfjs", folder);
      const names = ["model.json", "weights.bin"];
      return new Map(
        await Promise.all(
          names.map(async (name) => [name, await Deno.readFile(join(folder, name))] as const),
        ),
      );
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  };
  return fileTarget({
    name: "weights: TensorFlow.js",
    file: "model.json",
    files: async () => [(await (known ??= write())).get("model.json")!],
    read: async (path, folder) => {
      await Deno.writeFile(join(folder, "weights.bin"), (await known)!.get("weights.bin")!);
      await readWhole(path);
    },
    errors: [WeightsError],
  });
}

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
  weightsTarget("weights: ONNX of others", "net.onnx", graphs),
  savedModelTarget("saved_model.pb"),
  savedModelTarget(join("variables", "variables.index")),
  tfjsTarget(),
];
