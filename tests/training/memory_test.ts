import assert from "node:assert/strict";
import { microBatchFor } from "../../lib/training/memory.ts";

const gibibyte = 2 ** 30;
const article = { configuration: "D", inputSize: 224, classes: 10 } as const;

Deno.test("microBatchFor() cuts the article's batch of 256 down to what memory holds", () => {
  const images = microBatchFor(article, 256, 24 * gibibyte);
  assert.ok(images >= 8 && images <= 64, `${images}`);
});

Deno.test("microBatchFor() leaves a batch that fits whole", () => {
  const small = { configuration: "A", inputSize: 32, classes: 10, head: "small" } as const;
  assert.equal(microBatchFor(small, 128, 4 * gibibyte), 128);
});

Deno.test("microBatchFor() tries one image where memory is short", () => {
  assert.equal(microBatchFor(article, 256, gibibyte), 1);
});
