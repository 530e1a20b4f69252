import { join } from "@std/path";
import assert from "node:assert/strict";
import { tf } from "../../lib/engine/tf.ts";
import { useEngine } from "../../lib/engine/use_engine.ts";
import { openNet } from "../../lib/runs/open_net.ts";
import { describeWeights } from "../../lib/weights/describe.ts";
import { openWeights } from "../../lib/weights/open_weights.ts";
import type { PreprocessingName } from "../../lib/weights/preprocessing.ts";
import { buildNet } from "../../lib/weights/weights.ts";
import { assertClose } from "../assert_close.ts";
import { inFolder } from "../in_folder.ts";
import { peersPython, peersWanted, runScript, testWithPeers } from "./environment.ts";
import { pixelOutputs } from "./pixel_outputs.ts";

if (peersWanted) await useEngine();

/** What tests/peers/keras_files.py prints for each model. */
interface Written {
  readonly model: string;
  readonly files: readonly string[];
  readonly size: number;
  /** The model's outputs; of one output, the probability of the second of two classes. */
  readonly outputs?: readonly (readonly number[])[];
  /** The maps that a classifier of another kind reads. */
  readonly features?: readonly number[];
}

/** What a file of weights alone does not say. */
const preprocessings: Readonly<Record<string, PreprocessingName>> = {
  fine_tuned: "keras",
  sequential: "rescale",
  padded: "torchvision",
  half: "rescale",
  own_class: "rescale",
  own_head: "rescale",
  applications: "keras",
};

testWithPeers(
  "Keras's models of all kinds have the same outputs here, from each format",
  () =>
    inFolder(async (folder) => {
      const python = await peersPython(["keras"]);
      const printed = await runScript(python, "keras_files.py", folder);
      const written: Written[] = JSON.parse(printed.trim().split("\n").at(-1)!);
      assert.equal(written.length, 11);
      for (const one of written) {
        for (const file of one.files) {
          const path = join(folder, file);
          const isAlone = file.endsWith(".weights.h5") || one.model === "own_class";
          const preprocessing = preprocessings[one.model];
          // Of these, a file of weights alone says too little.
          if (isAlone && (!preprocessing)) continue;
          const options = isAlone ? { preprocessing: preprocessing!, inputSize: one.size } : {};
          const outputs = one.outputs
            ? await outputsOf(path, one, options)
            : await featuresOf(path, one, options);
          const wanted = one.outputs?.flat() ?? one.features!;
          try {
            assertClose(outputs, wanted, 1e-4);
          } catch (error) {
            throw new Error(`${file}: ${(error as Error).message}`);
          }
        }
      }
    }),
);

type Options = { readonly preprocessing?: PreprocessingName; readonly inputSize?: number };

async function outputsOf(
  path: string,
  { outputs, size }: Written,
  options: Options,
): Promise<number[]> {
  const isOne = outputs![0]!.length === 1;
  const sum = outputs![0]!.reduce((all, value) => all + value, 0);
  const isLogits = !isOne && Math.abs(sum - 1) > 1e-3;
  const net = await openNet(path, { ...options, activation: isLogits ? "linear" : "softmax" });
  assert.equal(net.network.inputSize, size);
  const rows = await pixelOutputs(net, size);
  net.model.dispose();
  return isOne ? rows.map((row) => row[1]!) : rows.flat();
}

async function featuresOf(path: string, { size }: Written, options: Options): Promise<number[]> {
  using weights = describeWeights(await openWeights(path), { ...options, top: "optional" });
  assert.match(weights.otherHead!, /^fully connected (128 → 32 → 10, batch|25088 → 16 → 10$)/);
  const whole = await buildNet(weights.description.network, weights);
  const maps = whole.getLayer("block5_pool").output as tf.SymbolicTensor;
  const model = tf.model({ inputs: whole.inputs, outputs: maps });
  const rows = await pixelOutputs({ ...weights.description, model }, size);
  whole.dispose();
  return rows.flat();
}
