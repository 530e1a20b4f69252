/**
 * Computes a little on the native engine, and prints as JSON what came out: the program of the tests of
 * other systems.
 *
 * @module
 */

import { compile } from "../../lib/engine/compile.ts";
import { tf } from "../../lib/engine/tf.ts";
import { useEngine } from "../../lib/engine/use_engine.ts";

const { version, devices } = await useEngine({
  engine: "tensorflow",
  onMessage: (line) => Deno.stderr.writeSync(new TextEncoder().encode(`${line}\n`)),
});

const sums = tf.conv2d(tf.ones<tf.Rank.R4>([1, 4, 4, 3]), tf.ones([3, 3, 3, 2]), 1, "same");
const weight = tf.variable(tf.scalar(10));
const step = compile((factor: tf.Scalar) => {
  weight.assign(weight.mul(factor));
  return weight.add(0);
});
const steps: number[] = [];
for (let index = 0; index < 3; index++) {
  const result = await step.callAsync(tf.scalar(0.25));
  steps.push((await result.data())[0]!);
}
let refusal = "";
try {
  tf.matMul(tf.ones([2, 3]), tf.ones([4, 5]));
} catch (error) {
  refusal = (error as Error).message;
}
const long = tf.tensor1d(["too long for a TF_TString to have it itself"], "string");
const texts = tf.concat([long, tf.tensor1d(["short"], "string")]);

Deno.stdout.writeSync(new TextEncoder().encode(JSON.stringify({
  ...{ os: Deno.build.os, arch: Deno.build.arch, version, devices, steps, refusal },
  sums: Array.from(await sums.data()).filter((_, index) => index % 2 === 0),
  texts: Array.from(await texts.data()),
})));
