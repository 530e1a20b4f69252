import assert from "node:assert/strict";
import { countStack } from "../../../lib/vgg/analysis/count_stack.ts";

Deno.test("countStack() gives section 2.3's numbers: 27 C² against 49 C², 81 % more", () => {
  const three = countStack({ kernelSize: 3, layers: 3, channels: 64 });
  const one = countStack({ kernelSize: 7, layers: 1, channels: 64 });
  assert.deepEqual(three, { receptiveField: 7, weights: 27 * 64 ** 2, rectifications: 3 });
  assert.deepEqual(one, { receptiveField: 7, weights: 49 * 64 ** 2, rectifications: 1 });
  assert.equal(Math.round(100 * (one.weights / three.weights - 1)), 81);
});

Deno.test("countStack() counts nothing in an empty stack", () => {
  const none = countStack({ kernelSize: 3, layers: 0, channels: 8 });
  assert.deepEqual(none, { receptiveField: 1, weights: 0, rectifications: 0 });
});
