import assert from "node:assert/strict";
import { tf } from "../../lib/engine/tf.ts";
import { recipes } from "../../lib/training/recipes.ts";
import { prepareShortRuns, ShortRuns } from "../../lib/training/trials.ts";
import { buildVGG } from "../../lib/vgg/build.ts";
import { testWithTensorFlow } from "../engine/tensorflow/support.ts";
import { prepareTiny, tinySet } from "./tiny_set.ts";

const recipe = { ...recipes.fast, batchSize: 8, epochs: 4 };
const network = { ...recipes.fast.network, width: 1 / 16 };

testWithTensorFlow(
  "a short run learns, returns each step's loss, and leaks no tensor",
  async () => {
    const trials = await prepareShortRuns(tinySet, 32);
    const before = tf.memory().numTensors;
    const { losses, history } = await trials.run({ network, recipe });
    assert.equal(losses.length, 4 * 3);
    assert.equal(history.length, 4);
    assert.ok(losses.at(-1)! < losses[0]!, losses.join());
    // A mean over the epoch's steps, which have 8 images each.
    const mean = (losses[0]! + losses[1]! + losses[2]!) / 3;
    assert.ok(Math.abs(history[0]!.loss - mean) < 1e-6);
    assert.equal(tf.memory().numTensors, before);
    await trials.dispose();
  },
);

testWithTensorFlow(
  "a short run ends after its steps, and does not dispose of the caller's network",
  async () => {
    const trials = await prepareShortRuns(tinySet, 32);
    const shape = { inputSize: 32, classes: 2, activation: "linear" } as const;
    const own = buildVGG({ ...network, ...shape });
    const { losses, history } = await trials.run({ network: own, recipe, steps: 2 });
    assert.equal(losses.length, 2);
    assert.equal(history.length, 0);
    const again = await trials.run({ network: own, recipe });
    assert.ok(again.losses[0]! < losses[0]!, "it goes on from the weights it has");
    own.dispose();
    await trials.dispose();
  },
);

testWithTensorFlow("a short run rejects recipes with random crops", async () => {
  const trials = await prepareShortRuns(tinySet, 32);
  await assert.rejects(
    () => trials.run({ network, recipe: recipes.paper }),
    /must not take random crops/,
  );
  await trials.dispose();
});

testWithTensorFlow("short runs measure the colors of their images once", async () => {
  const { train, validation } = await prepareTiny();
  let read = 0;
  const counted = { ...train, image: (index: number) => (read++, train.image(index)) };
  const trials = new ShortRuns(2, 32, counted, validation);
  const options = { network, recipe: { ...recipe, epochs: 1 } };
  const counts: number[] = [];
  for (let trial = 0; trial < 3; trial++) {
    read = 0;
    await trials.run(options);
    counts.push(read);
  }
  // One epoch of 24 images, in the first trial after their colors.
  assert.deepEqual(counts, [48, 24, 24]);
  await trials.dispose();
});
