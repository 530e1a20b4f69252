import { join } from "@std/path";
import assert from "node:assert/strict";
import { compile } from "../../../lib/engine/compile.ts";
import { tf } from "../../../lib/engine/tf.ts";
import { buildVGG } from "../../../lib/vgg/build.ts";
import type { VGGOptions } from "../../../lib/vgg/options.ts";
import { exportWeights } from "../../../lib/weights/export/export_weights.ts";
import { describeWeights } from "../../../lib/weights/describe.ts";
import { openWeights } from "../../../lib/weights/open_weights.ts";
import { saveWeights } from "../../../lib/weights/weights.ts";
import { assertClose } from "../../assert_close.ts";
import { inFolder } from "../../in_folder.ts";
import { setFormulaWeights } from "../../peers/formula.ts";
import { held, take, testTfjsNode, type TfjsNode } from "./support.ts";
import {
  constant,
  operation,
  placeholder,
  tuple,
  types,
  writeSavedModel,
} from "./write_saved_model.ts";

const x = "serving_default_x";

/** Writes a SavedModel with three outputs, `2x`, `x` and `x` in float64, and one of strings. */
async function writeModel(folder: string): Promise<void> {
  const cast = { SrcT: { type: types.float32 }, DstT: { type: types.float64 } };
  await writeSavedModel(folder, [
    placeholder(x, "float32"),
    placeholder("text", "string"),
    constant("two", "float32", 2),
    operation("doubled", "Mul", "float32", x, "two"),
    ...tuple("both", "float32", "doubled", x),
    { name: "wide", op: "Cast", input: [x], attr: cast },
    { name: "shout", op: "StringUpper", input: ["text"] },
  ], {
    serving_default: {
      inputs: { x: [`${x}:0`, "float32"] },
      outputs: { first: ["both:0", "float32"], second: ["both:1", "float32"] },
    },
    upper: {
      inputs: { text: ["text:0", "string"] },
      outputs: { upper: ["shout:0", "string"] },
    },
  });
}

/** Registers a test with a SavedModel, after which all must be as before. */
function testModel(
  name: string,
  run: (node: TfjsNode["node"], folder: string) => Promise<void>,
): void {
  testTfjsNode(name, ({ node }) =>
    inFolder(async (folder) => {
      await writeModel(folder);
      const before = held();
      await run(node, folder);
      assert.deepEqual(held(), before);
    }));
}

testModel("getMetaGraphsFromSavedModel() describes tags and signatures", async (node, folder) => {
  const [graph, ...more] = await node.getMetaGraphsFromSavedModel(folder);
  assert.deepEqual(more, []);
  assert.deepEqual(graph!.tags, ["serve"]);
  const info = (name: string, dtype: string, tfDtype: string): object => ({
    ...{ name, dtype, tfDtype, shape: [] },
  });
  assert.deepEqual(graph!.signatureDefs, {
    serving_default: {
      inputs: { x: info(`${x}:0`, "float32", "DT_FLOAT") },
      outputs: {
        first: info("both:0", "float32", "DT_FLOAT"),
        second: info("both:1", "float32", "DT_FLOAT"),
      },
    },
    upper: {
      inputs: { text: info("text:0", "string", "DT_STRING") },
      outputs: { upper: info("shout:0", "string", "DT_STRING") },
    },
  });
});

testModel("predict() takes a tensor, a list or a map, execute() chooses", async (node, folder) => {
  const model = await node.loadSavedModel(folder);
  assert.deepEqual(model.inputs.map(({ name }) => name), [x]);
  assert.deepEqual(model.outputs.map(({ name }) => name), ["both", "both:1"]);
  const input = tf.tensor1d([1, 2, 3]);
  assert.deepEqual((model.predict(input) as tf.Tensor[]).map(take), [[2, 4, 6], [1, 2, 3]]);
  assert.deepEqual((model.predict([input]) as tf.Tensor[]).map(take), [[2, 4, 6], [1, 2, 3]]);
  const { first, second } = model.predict({ x: input }) as tf.NamedTensorMap;
  assert.deepEqual([first!, second!].map(take), [[2, 4, 6], [1, 2, 3]]);

  assert.deepEqual(take(model.execute(input, "second") as tf.Tensor), [1, 2, 3]);
  const chosen = model.execute({ x: input }, ["doubled", "second", "both:0"]) as tf.Tensor[];
  assert.deepEqual(chosen.map(take), [[2, 4, 6], [1, 2, 3], [2, 4, 6]]);
  assert.throws(() => model.execute(input, "third"), /the SavedModel has no tensor third$/);
  assert.throws(() => model.execute(input, "both:2"), /the SavedModel has no tensor both:2$/);
  assert.throws(
    () => model.execute(input, ["first", "wide"]),
    /TensorFlow\.js has no type for wide of the SavedModel\. Received: TF_DataType 2$/,
  );
  input.dispose();
  model.dispose();
});

testModel("a SavedModel takes and gives strings of any length", async (node, folder) => {
  const model = await node.loadSavedModel(folder, ["serve"], "upper");
  const text = tf.tensor(["short", "a string of more than twenty-two bytes"]);
  const upper = model.predict(text) as tf.Tensor;
  assert.deepEqual(upper.dataSync<"string">() as unknown as string[], [
    "SHORT",
    "A STRING OF MORE THAN TWENTY-TWO BYTES",
  ]);
  tf.dispose([text, upper]);
  model.dispose();
});

testModel("signatures of a folder share a session, which the last frees", async (node, folder) => {
  const count = node.getNumOfSavedModels();
  const first = await node.loadSavedModel(folder);
  const second = await node.loadSavedModel(folder, ["serve"], "upper");
  assert.equal(node.getNumOfSavedModels(), count + 1);
  first.dispose();
  assert.equal(node.getNumOfSavedModels(), count + 1);
  second.dispose();
  assert.equal(node.getNumOfSavedModels(), count);
  const input = tf.tensor1d([1]);
  assert.throws(() => first.predict(input), /^Error: The TFSavedModel has already been deleted!$/);
  assert.throws(() => first.execute(input, "first"), /^Error: The TFSavedModel has already been/);
  assert.throws(() => first.dispose(), /^Error: This SavedModel has already been deleted\.$/);
  input.dispose();
});

testModel("what cannot be loaded or run is said in one line", async (node, folder) => {
  const refused = async (load: Promise<unknown>, message: string): Promise<void> => {
    await assert.rejects(load, { message });
  };
  const missing = join(folder, "not", "there");
  const file = join(folder, "saved_model.pb");
  await refused(
    node.loadSavedModel(missing),
    `There is no saved_model.pb file in the directory: ${missing}`,
  );
  await refused(
    node.loadSavedModel(folder, ["serve", "gpu"]),
    "The SavedModel does not have tags: serve,gpu",
  );
  await refused(
    node.loadSavedModel(folder, ["serve"], "train"),
    "The SavedModel does not have signature: train",
  );
  const model = await node.loadSavedModel(folder);
  const [floats, integers] = [tf.tensor1d([1]), tf.tensor1d([1], "int32")];
  assert.throws(() => model.predict(integers), /to be float but int32 is provided$/);
  assert.throws(
    () => model.predict([floats, floats]),
    /^Error: Length of input op names \(1\) does not match the length of input tensors \(2\)\.$/,
  );
  assert.throws(() => model.predict({ y: floats }), /input names are x, .* input names are y\.$/);
  const compiled = compile((input: tf.Tensor) => model.execute(input, "first") as tf.Tensor);
  assert.throws(() => compiled(floats), /a compiled function cannot run a SavedModel/);
  compiled.dispose();
  tf.dispose([floats, integers]);
  model.dispose();
  const bytes = await Deno.readFile(file);
  bytes[1] = 255;
  for (const content of [new TextEncoder().encode("this is text"), bytes]) {
    await Deno.writeFile(file, content);
    await refused(node.loadSavedModel(folder), `${file} is not a SavedModel`);
    await refused(node.getMetaGraphsFromSavedModel(folder), `${file} is not a SavedModel`);
  }
});

testModel("a run that TensorFlow refuses leaves no tensor of its own", async (node, folder) => {
  const bytes = join(folder, "bytes");
  await writeSavedModel(bytes, [
    placeholder(x, "uint8"),
    { name: "y", op: "Reshape", input: [x, "shape"], attr: { T: { type: types.uint8 } } },
    {
      name: "shape",
      op: "Const",
      attr: {
        dtype: { type: types.int32 },
        value: {
          tensor: { dtype: types.int32, tensor_shape: { dim: [{ size: 1 }] }, int_val: [3] },
        },
      },
    },
  ], {
    serving_default: { inputs: { x: [`${x}:0`, "uint8"] }, outputs: { y: ["y:0", "uint8"] } },
  });
  const model = await node.loadSavedModel(bytes);
  const [three, four] = [tf.tensor1d([1, 2, 255], "int32"), tf.tensor1d([1, 2, 3, 4], "int32")];
  assert.deepEqual(take(model.predict(three) as tf.Tensor), [1, 2, 255]);
  assert.throws(() => model.predict(four), /Input to reshape is a tensor with 4 values/);
  tf.dispose([three, four]);
  model.dispose();
});

testTfjsNode(
  "a freed model of 64 MB leaves no memory behind",
  ({ node }) =>
    inFolder(async (folder) => {
      const tensor = {
        dtype: types.float32,
        tensor_shape: { dim: [{ size: 2 ** 24 }] },
        tensor_content: new Uint8Array(2 ** 26).fill(1),
      };
      await writeSavedModel(folder, [
        placeholder(x, "float32"),
        {
          name: "large",
          op: "Const",
          attr: { dtype: { type: types.float32 }, value: { tensor } },
        },
        operation("y", "Mul", "float32", x, "large"),
      ], {
        serving_default: {
          inputs: { x: [`${x}:0`, "float32"] },
          outputs: { y: ["y:0", "float32"] },
        },
      });
      const input = tf.scalar(2);
      const memory: number[] = [];
      for (let round = 0; round < 8; round++) {
        const model = await node.loadSavedModel(folder);
        tf.dispose(model.predict(input));
        model.dispose();
        memory.push(Deno.memoryUsage().rss);
      }
      input.dispose();
      assert.ok(memory.at(-1)! - memory[2]! < 2 ** 27, memory.map((each) => each / 1e6).join(" "));
    }),
);

const network: VGGOptions & { inputSize: number; classes: number } = {
  ...{ configuration: "A", inputSize: 32, width: 1 / 16, head: "small", classes: 3 },
};

testTfjsNode(
  "a net exported as SavedModel has the net's own outputs",
  ({ node }) =>
    inFolder(async (folder) => {
      const net = buildVGG(network);
      setFormulaWeights(net);
      const [file, exported] = [join(folder, "net.safetensors"), join(folder, "saved")];
      await saveWeights(net, file, {
        network,
        classes: ["a", "b", "c"].map((name) => ({ id: name, name })),
        fit: { mode: "stretch", size: 32 },
        normalization: { kind: "standardize", mean: [1, 2, 3], deviation: [4, 5, 6] },
      });
      using weights = await describeWeights(await openWeights(file), {});
      await exportWeights(weights, "saved-model", exported);
      const images = tf.randomUniform([4, 32, 32, 3], -1, 1, "float32", 7);
      const expected = take(net.predict(images) as tf.Tensor);
      const before = held();
      const model = await node.loadSavedModel(exported);
      assert.deepEqual(model.inputs.map(({ shape }) => shape), [[-1, 32, 32, 3]]);
      assertClose(take(model.predict(images) as tf.Tensor), expected, 1e-5);
      model.dispose();
      assert.deepEqual(held(), before);
      images.dispose();
      net.dispose();
    }),
);
