import { readFile } from "node:fs/promises";
import * as tf from "vgg/tfjs-node";

interface Expected {
  readonly inputs: number[][];
  readonly probabilities: number[][];
  readonly classes: number[];
}

/**
 * Loads a SavedModel of TensorFlow for Python and calls its signatures.
 *
 * @returns The largest difference to Python's probabilities.
 * @throws {Error} If a class differs, or its variable does not count.
 */
export async function compareWithPython(folder: string): Promise<number> {
  const expected: Expected = JSON.parse(await readFile(`${folder}/expected.json`, "utf8"));
  const model = await tf.node.loadSavedModel(folder, ["serve"], "serving_default");
  const x = tf.tensor2d(expected.inputs);
  const result = model.predict({ x }) as tf.NamedTensorMap;
  const probabilities = result["probabilities"]!.dataSync();
  const classes = [...result["classes"]!.dataSync()];
  tf.dispose([x, result]);
  if (`${classes}` !== `${expected.classes}`) {
    throw new Error(`the classes must be ${expected.classes}. Received: ${classes}`);
  }
  model.dispose();
  await requireCount(folder);
  return Math.max(
    ...expected.probabilities.flat().map((value, index) => Math.abs(value - probabilities[index]!)),
  );
}

/** The second signature adds to a variable of the model. */
async function requireCount(folder: string): Promise<void> {
  const counter = await tf.node.loadSavedModel(folder, ["serve"], "count");
  const by = tf.scalar(2, "int32");
  const counts = [1, 2, 3].map(() => {
    const { calls } = counter.predict({ by }) as tf.NamedTensorMap;
    const [count] = calls!.dataSync();
    calls!.dispose();
    return count;
  });
  by.dispose();
  counter.dispose();
  if (`${counts}` !== "2,4,6") throw new Error(`three calls must count 2,4,6. Received: ${counts}`);
}

/** The program: prints the difference. */
export async function main([folder]: readonly string[]): Promise<void> {
  const difference = await compareWithPython(folder!);
  // deno-lint-ignore no-console -- It is a program, whose output is read.
  console.log(`difference = ${difference.toExponential(1)}`);
}
