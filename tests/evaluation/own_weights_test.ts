import { join } from "@std/path";
import assert from "node:assert/strict";
import { evaluateWeights } from "../../lib/evaluation/evaluate_weights.ts";
import { ownWeights } from "../../lib/weights/file_format.ts";
import { sharedData } from "../data/support.ts";
import { testWithTensorFlow } from "../engine/tensorflow/support.ts";
import { inFolder } from "../in_folder.ts";

const data = join(sharedData, "cifar10", "cifar-10-batches-bin");

testWithTensorFlow(
  "the project's own weights are small, and right on CIFAR-10's test images",
  async () => {
    const path = ownWeights("cifar10");
    assert.ok(path && (await Deno.stat(path)).size < 6e6);
    if (!await Deno.stat(data).catch(() => undefined)) return;
    await inFolder(async (folder) => {
      const output = join(folder, "results");
      const { top1, images } = await evaluateWeights("cifar10", { data, output });
      assert.equal(images, 5000);
      // 93.8 % of all 10,000 test images, of which these are the first half of each class.
      assert.ok(top1 > 0.925 && top1 < 0.95, `top-1 accuracy: ${top1}`);
    });
  },
);
