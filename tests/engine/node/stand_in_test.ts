import { join } from "@std/path";
import * as tfjs from "@tensorflow/tfjs";
import * as esbuild from "esbuild";
import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { currentBinding } from "../../../lib/engine/tensorflow/current_backend.ts";
import { tf } from "../../../lib/engine/tf.ts";
import { inFolder } from "../../in_folder.ts";
import { runProgram } from "./run_program.ts";
import { testTfjsNode } from "./support.ts";

testTfjsNode(
  "the stand-in has all that tfjs and tfjs-node export, and is the same tfjs",
  async () => {
    const module = await import("../../../lib/engine/tfjs_node.ts");
    const names = Object.keys(tfjs).filter((name) => name !== "default");
    assert.ok(names.length > 500);
    assert.deepEqual(Object.keys(module).sort(), [...names, "default", "node"].sort());
    assert.deepEqual(Object.keys(module.default).sort(), [...names, "node"].sort());
    for (const name of names as (keyof typeof tfjs & keyof typeof module.default)[]) {
      if (name === "io" || name === "version") continue;
      assert.equal(module[name], tfjs[name], name);
      assert.equal(module.default[name], tfjs[name], name);
    }
    assert.equal(module.engine(), tf.engine());
    // The exports of tfjs-node 4.22, by its documentation.
    assert.deepEqual(Object.keys(module.node).sort(), [
      ...["decodeBmp", "decodeGif", "decodeImage", "decodeJpeg", "decodePng"],
      ...["encodeJpeg", "encodePng", "getMetaGraphsFromSavedModel", "getNumOfSavedModels"],
      ...["loadSavedModel", "summaryFileWriter", "tensorBoard"],
    ]);
    assert.deepEqual(
      Object.keys(module.io).filter((name) => !(name in tfjs.io)).sort(),
      ["fileSystem", "nodeHTTPRequest"],
    );
    assert.deepEqual(module.version, { ...tfjs.version, "tfjs-node": "4.22.0" });
  },
);

testTfjsNode("require() gives the stand-in, by both names", (tfjsNode) => {
  const require = createRequire(import.meta.url);
  assert.equal(require("@tensorflow/tfjs-node"), tfjsNode);
  assert.equal(require("@tensorflow/tfjs-node-gpu"), tfjsNode);
  assert.equal(require("@tensorflow/tfjs").tensor, tf.tensor);
  // What would load tfjs-node's addon.
  const loaded = Object.keys(require.cache);
  assert.ok(loaded.some((path) => /tfjs-node-gpu.(?:[\d.]+.)?dist.node\.js$/.test(path)));
  assert.deepEqual(loaded.filter((path) => /node-pre-gyp|dist.index\.js$|\.node$/.test(path)), []);
});

testTfjsNode("TensorFlow has every operation that tfjs-node's modules call", async () => {
  const file = createRequire(import.meta.url).resolve(
    "@tensorflow/tfjs-node-gpu/dist/nodejs_kernel_backend.js",
  );
  const kernels = join(file, "..", "kernels");
  const paths = [file, ...Array.from(Deno.readDirSync(kernels), ({ name }) => join(kernels, name))];
  const names = new Set<string>();
  for (const path of paths.filter((path) => path.endsWith(".js"))) {
    const calls =
      /execute(?:SingleOutput|MultipleOutputs|SingleInput|EncodeImageOp)\((?:'|tfjs_1\.)(\w+)/g;
    for (const [, name] of (await Deno.readTextFile(path)).matchAll(calls)) names.add(name!);
  }
  assert.ok(names.size > 150 && names.has("DecodeGif") && names.has("Conv2D"), `${names.size}`);
  const { definitions } = currentBinding().context;
  for (const name of names) definitions.get(name);
});

/** A program that prints what it computes, in modules of both kinds. */
const work = `
  const x = tf.tensor2d([[1, 2], [3, 4]]);
  const model = tf.sequential({ layers: [tf.layers.dense({ units: 1, inputShape: [2] })] });
  model.compile({ loss: "meanSquaredError", optimizer: "sgd" });
  model.fit(x, tf.ones([2, 1]), { epochs: 2 }).then(() => {
    console.log([tf.getBackend(), x.matMul(x).dataSync().join(), Object.keys(tf.node).length].join(" "));
  });`;

const programs = {
  "namespace.mjs": `import * as tf from "@tensorflow/tfjs-node";${work}`,
  "default.ts": `import tf from "@tensorflow/tfjs-node";${work}`,
  "beside.mjs":
    `import * as tf from "@tensorflow/tfjs"; import { node } from "@tensorflow/tfjs-node";
    ${work.replace("tf.node", "node")}`,
  "require.cjs": `const tf = require("@tensorflow/tfjs-node-gpu");${work}`,
};

for (const [name, source] of Object.entries(programs)) {
  const flags = name.endsWith(".cjs") ? ["--preload=vgg/tfjs-node"] : [];
  testTfjsNode(`a program for tfjs-node runs unchanged: ${name}`, () =>
    inFolder(async (folder) => {
      const { out } = await runProgram(folder, name, source, { flags });
      const lines = out.trim().split("\n");
      assert.equal(lines.at(-1), "tensorflow 7,10,15,22 12");
      // By tfjs-node's ProgbarLogger.
      assert.deepEqual(lines.filter((line) => line.startsWith("Epoch")), [
        ...["Epoch 1 / 2", "Epoch 2 / 2"],
      ]);
      assert.equal(lines.filter((line) => /^\d+ms \d+us\/step - loss=\d/.test(line)).length, 2);
    }));
}

/** As programs for Babel mix both kinds of modules. */
const mixed = `import * as path from "path"; import * as core from "@tensorflow/tfjs";
  let tf;
  if (path.sep) tf = require("@tensorflow/tfjs-node");
  console.log([tf.getBackend(), tf.node.getNumOfSavedModels(), core.add(1, 2).dataSync()].join(" "));`;

for (const format of ["cjs", "esm"] as const) {
  testTfjsNode(
    `a bundle in the format ${format} runs, in which tfjs-node is external`,
    () =>
      inFolder(async (folder) => {
        const name = `bundle.${format === "cjs" ? "cjs" : "mjs"}`;
        const { out } = await runProgram(folder, name, await bundle(mixed, format), {
          flags: ["--preload=vgg/tfjs-node"],
        });
        assert.equal(out.trim(), "tensorflow 0 3");
      }),
  );
}

/** What esbuild makes of a program. */
async function bundle(contents: string, format: "cjs" | "esm"): Promise<string> {
  const js = 'import { createRequire } from "node:module"; ' +
    "const require = createRequire(import.meta.url);";
  try {
    const { outputFiles } = await esbuild.build({
      ...{ stdin: { contents }, bundle: true, write: false, format, platform: "node" },
      external: ["@tensorflow/*"],
      banner: { js: format === "esm" ? js : "" },
    });
    return outputFiles[0]!.text;
  } finally {
    await esbuild.stop();
  }
}

testTfjsNode(
  "without the native engine the rest works, and tf.node says what it needs",
  () =>
    inFolder(async (folder) => {
      const source = `import * as tf from "@tensorflow/tfjs-node";
      console.log(tf.getBackend(), tf.add(1, 2).dataSync()[0]);
      const refused = [];
      for (const call of [
        () => tf.node.decodePng(new Uint8Array(8)),
        () => tf.node.summaryFileWriter("logs"),
        () => tf.node.getNumOfSavedModels(),
      ]) try { call(); } catch (error) { refused.push(error.message); }
      await tf.node.loadSavedModel("model").catch((error) => refused.push(error.message));
      console.log(JSON.stringify(refused));`;
      const { out } = await runProgram(folder, "program.mjs", source, {
        env: { VGG_NO_NATIVE: "1" },
      });
      const [first, second] = out.trim().split("\n").slice(-2);
      assert.match(first!, /^(wasm|webgpu) 3$/);
      const engine = first!.split(" ")[0];
      const message = `Expect the current backend to be "tensorflow", but got "${engine}"`;
      assert.deepEqual(JSON.parse(second!), [message, message, message, message]);
    }),
);
