// Ends while a step runs on another thread: `exit_process.ts exit|reject MILLISECONDS`.
import { compile } from "../../../lib/engine/compile.ts";
import { tf } from "../../../lib/engine/tf.ts";
import { useEngine } from "../../../lib/engine/use_engine.ts";

const [how, delay] = Deno.args;
await useEngine({ engine: "tensorflow" });
const total = tf.variable(tf.zeros([1000, 1000]));
const step = compile((x: tf.Tensor2D) => {
  let y = x;
  for (let index = 0; index < 12; index++) y = tf.matMul(y, x).mul(1e-3);
  total.assign(y);
  return y.sum();
});
const x: tf.Tensor2D = tf.randomNormal([1000, 1000]);
(await step.callAsync(x)).dispose();
setTimeout(() => {
  if (how === "exit") Deno.exit(7);
  Promise.reject(new Error("planned"));
}, Number(delay));
for (;;) (await step.callAsync(x)).dispose();
