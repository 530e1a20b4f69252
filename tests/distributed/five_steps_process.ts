/**
 * Five steps of training as one worker of the cluster that `TF_CONFIG` names, or alone. Writes what came
 * out into the folder that it is given, once for each of {@linkcode variants}.
 */

import { join } from "@std/path";
import { makeAugment, resolveNormalization } from "../../lib/data/augment/mod.ts";
import { batches } from "../../lib/data/pipeline/batches.ts";
import { clusterVariable, readTFConfig } from "../../lib/distributed/processes/tf_config.ts";
import { tf } from "../../lib/engine/tf.ts";
import { useEngine } from "../../lib/engine/use_engine.ts";
import { recipes } from "../../lib/training/recipes.ts";
import { TrainingStep } from "../../lib/training/step/training_step.ts";
import { buildVGG } from "../../lib/vgg/build.ts";
import { prepareTiny } from "../training/tiny_set.ts";
import { type FiveSteps, type Variant, variants } from "./five_steps.ts";

const place = readTFConfig(Deno.env.get(clusterVariable) ?? alone());
const { cluster } = await useEngine({
  engine: "tensorflow",
  ...(place ? { cluster: { ...place, timeoutMinutes: 2 } } : {}),
});
const { train: split } = await prepareTiny();
const augment = makeAugment(
  { kind: "translate", pixels: 2, fill: "reflect", flip: true },
  resolveNormalization("rescale"),
);
for (const [name, variant] of Object.entries(variants)) {
  const result = await fiveSteps(variant);
  const path = join(Deno.args[0]!, `${name}-${cluster?.index ?? 0}.json`);
  await Deno.writeTextFile(path, JSON.stringify(result));
}
await cluster?.leave();

function alone(): string {
  return '{"cluster":{"worker":["localhost:1"]},"task":{"type":"worker","index":0}}';
}

async function fiveSteps({ network, changes, microBatch }: Variant): Promise<FiveSteps> {
  const recipe = { ...recipes.fast, ...changes };
  const { batchSize } = recipe;
  const model = buildVGG({ configuration: "A", classes: 2, activation: "linear", ...network });
  const step = new TrainingStep(model, {
    ...{ recipe, augment, precision: "float32", microBatch },
    ...(cluster ? { cluster } : {}),
  });
  const losses: number[] = [];
  const { index, size: of } = cluster ?? { index: 0, size: 1 };
  for (let epoch = 0; losses.length < 5; epoch++) {
    for await (const batch of batches(split, { batchSize, seed: 3, epoch, shard: { index, of } })) {
      if (losses.length === 5) break;
      const drawn = augment.sample(batch, losses.length);
      const seed = [7, losses.length] as const;
      const { labels } = batch;
      const { loss } = await step.run({ drawn, labels, rate: 0.005, seed, part: batch });
      tf.dispose(drawn);
      losses.push(loss);
    }
  }
  const weights = model.getWeights().flatMap((weight) => Array.from(weight.dataSync()));
  step.dispose();
  model.dispose();
  return { losses, weights };
}
