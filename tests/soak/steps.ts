/**
 * Trains a tiny net for many steps and looks at what grows, a line now and then:
 *
 *     deno task dev:soak --steps 20000
 *
 * The status is 1 where tensors or handles are left behind, or the process has grown since its first
 * tenth by more than a tenth and 64 MB.
 */
import { Command } from "commander";
import { whole } from "../../lib/cli/flags/options.ts";
import { makeAugment, resolveNormalization } from "../../lib/data/augment/mod.ts";
import { currentBinding } from "../../lib/engine/tensorflow/current_backend.ts";
import { tf } from "../../lib/engine/tf.ts";
import { useEngine } from "../../lib/engine/use_engine.ts";
import { recipes } from "../../lib/training/recipes.ts";
import { TrainingStep } from "../../lib/training/step/training_step.ts";
import { buildVGG } from "../../lib/vgg/build.ts";
import { readFlags } from "../read_flags.ts";

const command = new Command("deno task dev:soak")
  .description("Trains a tiny net for many steps and looks at what grows.")
  .option("--steps <n>", "how many", whole("--steps", 1), 20_000);
const { steps: all } = readFlags<{ steps: number }>(command);
const batch = 8;

/** What must not grow. */
interface Held {
  readonly tensors: number;
  readonly handles: number;
  readonly megabytes: number;
  readonly descriptors: number;
}

await useEngine({ engine: "tensorflow" });
const model = buildVGG({
  ...{ configuration: "A", inputSize: 32, classes: 10, width: 1 / 32, head: "small" },
  ...{ batchNorm: true, dropout: 0.5, activation: "linear" },
});
const augment = makeAugment({ kind: "none" }, resolveNormalization("rescale"));
const recipe = { ...recipes.fast, batchSize: batch };
const step = new TrainingStep(model, { recipe, augment, precision: "float32", microBatch: batch });

let early: Held | undefined;
print("   step  tensors  handles   RSS MB  descriptors     loss");
for (let number = 1; number <= all; number++) {
  const images = tf.randomNormal([batch, 32, 32, 3], 0, 1, "float32", number);
  const labels = Array.from({ length: batch }, (_, index) => (number + index) % 10);
  const { loss } = await step.run({ drawn: [images], labels, rate: 0.01, seed: [1, number] });
  images.dispose();
  if (number % Math.ceil(all / 20) !== 0) continue;
  const now = held();
  const { tensors, handles, megabytes, descriptors } = now;
  const numbers = [number, tensors, handles, megabytes, descriptors, loss.toFixed(4)];
  print(numbers.map((value, at) => `${value}`.padStart([7, 8, 8, 8, 12, 8][at]!)).join(" "));
  early ??= number >= all / 10 ? now : undefined;
}
step.dispose();
model.dispose();
const last = held();
print(`in the end ${tf.memory().numTensors} tensors and ${last.handles} handles are left`);
const grown = last.megabytes - (early?.megabytes ?? 0);
const failed = last.tensors > 0 || last.handles > 0 ||
  grown > 64 + (early?.megabytes ?? 0) / 10;
print(`${all} steps, ${failed ? "FAILED" : "ok"}: ${grown} MB more than after the first tenth`);
Deno.exit(failed ? 1 : 0);

function held(): Held {
  const binding = currentBinding();
  return {
    tensors: tf.memory().numTensors,
    handles: binding.getNumOfTensors(),
    megabytes: Math.round(Deno.memoryUsage().rss / 2 ** 20),
    descriptors: Deno.build.os === "linux" ? [...Deno.readDirSync("/proc/self/fd")].length : 0,
  };
}

function print(line: string): void {
  Deno.stdout.writeSync(new TextEncoder().encode(`${line}\n`));
}
