import assert from "node:assert/strict";
import { microBatchFor, requireMemory, suggestSmallerNetwork } from "../../lib/training/memory.ts";

const gibibyte = 2 ** 30;
const article = { configuration: "D", inputSize: 224, classes: 10 } as const;

Deno.test("microBatchFor() reduces the paper's batch of 256 to what fits into memory", () => {
  const images = microBatchFor(article, 256, 24 * gibibyte);
  assert.ok(images >= 8 && images <= 64, `${images}`);
});

Deno.test("microBatchFor() keeps a batch that fits", () => {
  const small = { configuration: "A", inputSize: 32, classes: 10, head: "small" } as const;
  assert.equal(microBatchFor(small, 128, 4 * gibibyte), 128);
});

Deno.test("microBatchFor() returns one image if memory is short", () => {
  assert.equal(microBatchFor(article, 256, gibibyte), 1);
});

Deno.test("requireMemory() throws if not even one image fits, and suggests smaller nets", () => {
  requireMemory(article, 8 * gibibyte);
  assert.throws(
    () => requireMemory(article, 2 * gibibyte),
    /^OptionError: training needs memory for at least one image: 3\.\d GiB for VGG D at 224 px\. Received: 2\.0 GiB of free memory\. What fits: --head small, or --size \d+, or --width 0\.5$/,
  );
});

Deno.test("suggestSmallerNetwork() names only options that fit", () => {
  const advice = suggestSmallerNetwork(article, 2 * gibibyte);
  const [, size] = /--size (\d+)/.exec(advice)!;
  requireMemory({ ...article, inputSize: Number(size) }, 2 * gibibyte);
  assert.throws(() => requireMemory({ ...article, inputSize: Number(size) + 16 }, 2 * gibibyte));
  requireMemory({ ...article, width: 0.5 }, 2 * gibibyte);
  requireMemory({ ...article, head: "small" }, 2 * gibibyte);
  assert.equal(suggestSmallerNetwork(article, 1), "No similar network fits");
});
