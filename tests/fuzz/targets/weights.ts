import { basename, dirname, join } from "@std/path";
import { fileURLToPath } from "node:url";
import { describeWeights } from "../../../lib/weights/describe.ts";
import { WeightsError } from "../../../lib/weights/errors.ts";
import { onnxModel } from "../../../lib/weights/onnx/onnx_schema.ts";
import { openWeights } from "../../../lib/weights/open_weights.ts";
import { requireShapes } from "../../../lib/weights/require_shapes.ts";
import { tensorFlowType } from "../../../lib/weights/tensorflow/schema.ts";
import { weightShapes } from "../../../lib/weights/weight_shapes.ts";
import { files } from "../../weights/numpy/numpy_files.ts";
import { messageJson, messagesOf, onnxWords, tensorFlowWords } from "../models/messages.ts";
import { numpyFiles, torchFiles } from "../models/pickles.ts";
import { safetensorsFiles, safetensorsJson } from "../models/safetensors.ts";
import type { Bytes } from "../mutate.ts";
import { type Files, filesOf, fileTarget, madeOnce, type Target, wholeJson } from "../target.ts";

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

/** The files that `weights_files.ts` makes: with an engine, which the readers do without. */
function made(
  name: string,
  make: (files: typeof import("./weights_files.ts")) => Promise<Files>,
): () => Promise<Files> {
  return madeOnce(name, async () => await make(await import("./weights_files.ts")));
}

const all = (files: () => Promise<Files>) => async (): Promise<Bytes[]> =>
  Object.values(await files());

const weightsTarget = (
  target: Pick<Target, "name" | "seeds"> & Partial<Target> & { readonly file: string },
): Target => fileTarget({ ...target, read: readWhole, errors: [WeightsError] });

/**
 * A file beside others of a model, which are as they should be.
 *
 * @param opened The file that is opened, if it is another.
 */
function besideTarget(
  { made, file, opened = file, ...rest }: Omit<Target, "read" | "errors" | "seeds" | "names"> & {
    readonly made: () => Promise<Files>;
    readonly file: string;
    readonly opened?: string;
  },
): Target {
  return fileTarget({
    ...rest,
    file,
    seeds: async () => [(await made())[file]!],
    read: async (_, folder) => {
      for (const [name, bytes] of Object.entries(await made())) {
        if (name === file) continue;
        await Deno.mkdir(dirname(join(folder, name)), { recursive: true });
        await Deno.writeFile(join(folder, name), bytes);
      }
      await readWhole(join(folder, opened));
    },
    errors: [WeightsError],
    names: new RegExp(basename(opened).replaceAll(".", "\\.")),
  });
}

const index = join("variables", "variables.index");
const safetensors = made("safetensors", ({ exported }) => exported("safetensors", "safetensors"));
const keras = made("keras", ({ exported }) => exported("keras", "h5"));
const onnx = made("onnx", ({ exported }) => exported("onnx", "onnx"));
const wrapped = made("wrapped", (files) => files.wrapped());
const graphs = made("graphs", (files) => files.graphs());
const savedModel = made("saved-model", (files) => files.savedModel());
const tfjs = made("tfjs", (files) => files.tfjs());
const savedModelType = tensorFlowType("SavedModel");

/** Readers of weights, one for each format. */
export const weightsTargets: readonly Target[] = [
  weightsTarget({
    name: "weights: safetensors",
    file: "net.safetensors",
    seeds: async () => [
      ...await filesOf(golden, /\.safetensors$/) ?? [],
      ...await all(safetensors)(),
    ],
    model: safetensorsFiles,
    json: safetensorsJson,
  }),
  weightsTarget({
    name: "weights: Keras HDF5",
    file: "net.h5",
    seeds: async () => [
      ...await filesOf(golden, /\.h5$/) ?? [],
      ...await all(keras)(),
    ],
    files: "folder",
    isNative: true,
  }),
  weightsTarget({
    name: "weights: Keras archive",
    file: "net.keras",
    seeds: () => filesOf(golden, /\.keras$/),
    files: "folder",
    isNative: true,
  }),
  weightsTarget({
    name: "weights: PyTorch",
    file: "net.pth",
    seeds: () => filesOf(golden, /\.pth$/),
    model: torchFiles,
  }),
  weightsTarget({
    name: "weights: PyTorch checkpoints",
    file: "net.tar",
    seeds: all(wrapped),
    model: torchFiles,
  }),
  weightsTarget({
    name: "weights: NumPy",
    file: "net.npz",
    seeds: () => Promise.resolve(Object.values(files)),
    model: numpyFiles,
  }),
  weightsTarget({
    name: "weights: ONNX",
    file: "net.onnx",
    seeds: all(onnx),
  }),
  weightsTarget({
    name: "weights: ONNX of others",
    file: "net.onnx",
    seeds: all(graphs),
    model: messagesOf(onnxModel, onnxWords),
    json: messageJson(onnxModel),
  }),
  besideTarget({
    name: "weights: SavedModel, saved_model.pb",
    file: "saved_model.pb",
    made: savedModel,
    model: messagesOf(savedModelType, tensorFlowWords),
    json: messageJson(savedModelType),
  }),
  besideTarget({
    name: "weights: SavedModel, variables.index",
    file: index,
    opened: "saved_model.pb",
    made: savedModel,
  }),
  besideTarget({
    name: "weights: TensorFlow.js",
    file: "model.json",
    made: tfjs,
    json: wholeJson,
  }),
];
