import { join } from "@std/path";
import assert from "node:assert/strict";
import { tf } from "../../../lib/engine/tf.ts";
import { buildVGG } from "../../../lib/vgg/build.ts";
import { openWeights } from "../../../lib/weights/open_weights.ts";
import { tensorFlowType } from "../../../lib/weights/tensorflow/schema.ts";
import { inFolder } from "../../in_folder.ts";
import { setFormulaWeights } from "../../peers/formula.ts";
import { formulaNet } from "../onnx/write_graph.ts";
import { frozenNodes } from "./write_saved_model.ts";

await tf.setBackend("cpu");

const net = formulaNet({
  configuration: "A",
  inputSize: 32,
  width: 1 / 64,
  classes: 3,
  head: "small",
  batchNorm: true,
});

interface Manifest {
  readonly name: string;
  readonly shape: readonly number[];
  readonly dtype: string;
  readonly quantization?: object;
}

/** Writes a model with its values in files of 999 bytes, so that arrays go on in the next file. */
async function write(
  folder: string,
  { topology, format, weights, bytes }: {
    topology: unknown;
    format: string;
    weights: readonly Manifest[];
    bytes: Uint8Array;
  },
): Promise<void> {
  const paths: string[] = [];
  for (let from = 0; from < bytes.length; from += 999) {
    paths.push(`shard${paths.length}.bin`);
    await Deno.writeFile(join(folder, paths.at(-1)!), bytes.slice(from, from + 999));
  }
  const model = { format, modelTopology: topology, weightsManifest: [{ paths, weights }] };
  await Deno.writeTextFile(join(folder, "model.json"), JSON.stringify(model));
}

async function assertArrays(path: string, tolerance = 0): Promise<void> {
  using weights = await openWeights(path);
  for (const [name, { shape, values }] of net.arrays) {
    const array = weights.arrays.get(name);
    assert.deepEqual([...array?.shape ?? []], shape, name);
    const read = await array!.read();
    assert.ok(read.every((value, index) => Math.abs(value - values[index]!) <= tolerance), name);
  }
  assert.equal(weights.facts.inputSize, 32);
}

/** A model that TensorFlow.js saves: the net, or the net as the base of another model. */
async function saved(nested: boolean): Promise<Parameters<typeof write>[1]> {
  const model = buildVGG({ ...net.network });
  setFormulaWeights(model);
  const outer = tf.sequential({
    layers: [tf.layers.inputLayer({ inputShape: [32, 32, 3] }), model],
  });
  let found: tf.io.ModelArtifacts | undefined;
  const handler = tf.io.withSaveHandler((artifacts) => {
    found = artifacts;
    return Promise.resolve({
      modelArtifactsInfo: { dateSaved: new Date(), modelTopologyType: "JSON" as const },
    });
  });
  await (nested ? outer : model).save(handler);
  model.dispose();
  const data = found!.weightData as ArrayBuffer;
  return {
    topology: found!.modelTopology,
    format: "layers-model",
    weights: found!.weightSpecs!,
    bytes: new Uint8Array(data),
  };
}

for (const nested of [false, true]) {
  Deno.test(`openWeights() reads a layers model that TensorFlow.js saved${nested ? ", nested" : ""}`, () =>
    inFolder(async (folder) => {
      await write(folder, await saved(nested));
      await assertArrays(folder);
      await assertArrays(join(folder, "model.json"));
    }));
}

Deno.test("openWeights() reads the classes' description of the converter around a layers model", () =>
  inFolder(async (folder) => {
    const { topology, ...rest } = await saved(false);
    const converted = { keras_version: "2.15.0", backend: "tensorflow", model_config: topology };
    await write(folder, { ...rest, topology: converted });
    await assertArrays(folder);
  }));

/** A graph model, as the converter writes it: its graph as JSON without the constants' values. */
async function graphModel(): Promise<Parameters<typeof write>[1]> {
  const nodes = await frozenNodes(net);
  const type = tensorFlowType("GraphDef");
  const shapes = new Map([...net.arrays].map(([name, { shape }]) => [name, shape]));
  const weights: Manifest[] = [];
  const parts: Uint8Array<ArrayBuffer>[] = [];
  for (const { name, op, attr } of nodes) {
    if (op !== "Const") continue;
    const { tensor } = attr["value"] as { tensor: { tensor_content: Uint8Array } };
    const bytes = Uint8Array.from(tensor.tensor_content);
    parts.push(bytes);
    const shape = shapes.get(name);
    weights.push({ name, shape: shape ?? [bytes.length / 4], dtype: shape ? "float32" : "int32" });
  }
  const json = type.toObject(
    type.fromObject({
      node: nodes.map((node) => ({
        ...node,
        attr: node.op === "Const" ? { dtype: node.attr["dtype"] } : node.attr,
      })),
    }),
    { longs: String, bytes: String },
  );
  return {
    topology: json,
    format: "graph-model",
    weights,
    bytes: await new Blob(parts).bytes(),
  };
}

Deno.test("openWeights() reads a graph model of TensorFlow.js's converter", () =>
  inFolder(async (folder) => {
    await write(folder, await graphModel());
    await assertArrays(folder);
  }));

Deno.test("openWeights() reads the quantized weights of a graph model, and says so", () =>
  inFolder(async (folder) => {
    const model = await graphModel();
    const parts: Uint8Array<ArrayBuffer>[] = [];
    let from = 0;
    const weights = model.weights.map((weight, index) => {
      const count = weight.shape.reduce((product, length) => product * length, 1);
      const bytes = model.bytes.slice(from, from += 4 * count);
      if (weight.dtype === "int32") {
        parts.push(bytes);
        return weight;
      }
      const values = new Float32Array(bytes.buffer);
      if (index % 2 === 0) {
        parts.push(new Uint8Array(Float16Array.from(values).buffer));
        return { ...weight, quantization: { dtype: "float16", original_dtype: "float32" } };
      }
      const min = Math.min(...values);
      const scale = (Math.max(...values) - min) / 255 || 1;
      parts.push(Uint8Array.from(values, (value) => Math.round((value - min) / scale)));
      return { ...weight, quantization: { dtype: "uint8", min, scale, original_dtype: "float32" } };
    });
    await write(folder, { ...model, weights, bytes: await new Blob(parts).bytes() });
    await assertArrays(folder, 0.01);
    using weights_ = await openWeights(folder);
    assert.deepEqual(weights_.facts.notes, [
      "its weights are rounded to float16, uint8, as they were converted",
    ]);
  }));

Deno.test("openWeights() opens no files elsewhere for TensorFlow.js, and names the one that is missing", () =>
  inFolder(async (folder) => {
    const model = await saved(false);
    await write(folder, model);
    await Deno.remove(join(folder, "shard1.bin"));
    await assert.rejects(
      openWeights(folder),
      /model\.json is not a VGG net for TensorFlow\.js: its values are in shard1\.bin, which is not there$/,
    );
    const path = join(folder, "model.json");
    const text = (await Deno.readTextFile(path)).replace("shard1.bin", "../shard1.bin");
    await Deno.writeTextFile(path, text);
    await assert.rejects(
      openWeights(folder),
      /must be in a file beside it\. Received: \.\.\/shard1/,
    );
    await Deno.writeTextFile(path, "{}");
    await assert.rejects(openWeights(folder), /its format is not that of TensorFlow\.js/);
  }));
