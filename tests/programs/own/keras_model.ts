import { readFile } from "node:fs/promises";
import * as tf from "@tensorflow/tfjs";

interface Expected {
  readonly inputs: number[];
  readonly inputShape: [number, number, number, number];
  readonly outputs: number[];
}

/**
 * Loads a Keras model that tensorflowjs's converter wrote into a folder, and computes what Keras did.
 *
 * @param rounds How often it predicts; the outputs of all must agree.
 * @returns The largest difference to Keras's outputs.
 */
export async function compareWithKeras(folder: string, rounds: number): Promise<number> {
  const { inputs, inputShape, outputs }: Expected = JSON.parse(
    await readFile(`${folder}/expected.json`, "utf8"),
  );
  const model = await tf.loadLayersModel(`file://${folder}/model.json`);
  const x = tf.tensor4d(inputs, inputShape);
  let difference = 0;
  for (let round = 0; round < rounds; round++) {
    const y = model.predict(x) as tf.Tensor;
    const values = y.dataSync();
    outputs.forEach((value, index) => {
      difference = Math.max(difference, Math.abs(value - values[index]!));
    });
    y.dispose();
  }
  x.dispose();
  model.dispose();
  return difference;
}

/** The program: prints the difference. */
export async function main([folder, rounds]: readonly string[]): Promise<void> {
  const difference = await compareWithKeras(folder!, Number(rounds));
  // deno-lint-ignore no-console -- It is a program, whose output is read.
  console.log(`difference = ${difference.toExponential(1)}`);
}
