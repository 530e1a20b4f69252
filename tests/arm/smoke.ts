/**
 * Starts the native engine, compiles a function, and trains for one epoch on the class folders in its first
 * argument, into the run's folder in its second one. It prints what came out as JSON.
 */
import { compile } from "../../lib/engine/compile.ts";
import { tf } from "../../lib/engine/tf.ts";
import { useEngine } from "../../lib/engine/use_engine.ts";
import { train } from "../../lib/training/train.ts";

const [data = "", run = ""] = Deno.args;
const { name, reason } = await useEngine({ engine: "tensorflow" });
const product = compile((x: tf.Tensor) => tf.matMul(x as tf.Tensor2D, x as tf.Tensor2D));
const computed = Array.from(product(tf.tensor2d([[1, 2], [3, 4]])).dataSync());
const epochs: { epoch: number; loss: number }[] = [];
await train({
  data,
  run,
  network: { configuration: "A", inputSize: 32, width: 1 / 16 },
  changes: { epochs: 1, batchSize: 8 },
  onEpoch: ({ epoch, loss }) => void epochs.push({ epoch, loss }),
});
const text = JSON.stringify({ arch: Deno.build.arch, name, reason, computed, epochs });
Deno.stdout.writeSync(new TextEncoder().encode(`${text}\n`));
Deno.exit();
