import { join } from "@std/path";
import { fileURLToPath } from "node:url";
import { tf } from "../../../lib/engine/tf.ts";
import { describeWeights } from "../../../lib/weights/describe.ts";
import {
  type ExportFormatName,
  exportWeights,
} from "../../../lib/weights/export/export_weights.ts";
import { openWeights } from "../../../lib/weights/open_weights.ts";
import {
  type FormulaNet,
  formulaNet,
  integers,
  onnxBytes,
  type Style,
} from "../../weights/onnx/write_graph.ts";
import { writeVariables } from "../../weights/tensorflow/write_saved_model.ts";
import { wrappings } from "../../weights/torch/wrappings.ts";
import { writeTorch } from "../../weights/torch/write_torch.ts";
import type { Files } from "../target.ts";

const golden = fileURLToPath(new URL("../../weights/golden", import.meta.url));

/** The bytes of files that `write` writes into a folder. */
async function written(
  names: readonly string[],
  write: (folder: string) => Promise<void>,
): Promise<Files> {
  const folder = await Deno.makeTempDir();
  try {
    await write(folder);
    return Object.fromEntries(
      await Promise.all(names.map(async (name) => [name, await Deno.readFile(join(folder, name))])),
    );
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** The golden nets, as this library writes them in a format. */
export async function exported(format: ExportFormatName, extension: string): Promise<Files> {
  const sources = ["torch.pth", "keras.h5"];
  const names = sources.map((source) => `${source}.${extension}`);
  return await written(names, async (folder) => {
    for (const [index, source] of sources.entries()) {
      using weights = describeWeights(await openWeights(join(golden, source)));
      await exportWeights(weights, format, join(folder, names[index]!));
    }
  });
}

/** A tiny net as programs save it with PyTorch, in both formats. */
export async function wrapped(): Promise<Files> {
  const names = Object.keys(wrappings).map((_, index) => `${index}.pth`);
  return await written(names, async (folder) => {
    for (const [index, value] of Object.values(wrappings).entries()) {
      await writeTorch(join(folder, names[index]!), value, index % 2 === 1);
    }
  });
}

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
export async function graphs(): Promise<Files> {
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
  return Object.fromEntries(
    styles.map((style, index) => [`${index}.onnx`, Uint8Array.from(onnxBytes(net, style))]),
  );
}

/** The files of a SavedModel whose weights are variables. */
export async function savedModel(): Promise<Files> {
  const variables = ["index", "data-00000-of-00001"]
    .map((end) => join("variables", `variables.${end}`));
  return await written(
    ["saved_model.pb", ...variables],
    async (folder) => await writeVariables(folder, await smallNet()),
  );
}

/** The files of a model for TensorFlow.js. */
export async function tfjs(): Promise<Files> {
  return await written(["model.json", "weights.bin"], async (folder) => {
    using weights = describeWeights(await openWeights(join(golden, "torch.pth")));
    await exportWeights(weights, "tfjs", folder);
  });
}
