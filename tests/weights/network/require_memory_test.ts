import assert from "node:assert/strict";
import { requireMemoryToPredict } from "../../../lib/weights/network/require_memory.ts";

Deno.test("requireMemoryToPredict() counts weights and activations of one image", () => {
  const check = (available: number): void => requireMemoryToPredict("net.h5", {}, available);
  // VGG16 has 553 MB of weights; a layer of 224 × 224 × 64 numbers has 13 MB.
  check(1.2e9);
  assert.throws(
    () => check(1e9),
    /^WeightsError: net\.h5 describes a net of inputSize 224 that needs 1\.1 GiB of memory\. Received: 0\.9 GiB/,
  );
});

Deno.test("requireMemoryToPredict() refuses tensors of more than 2^31 numbers on any machine", () => {
  const small = { head: "small", width: 1 / 64, classes: 2 } as const;
  requireMemoryToPredict("net.h5", { ...small, inputSize: 26_000 }, Infinity);
  assert.throws(
    () => requireMemoryToPredict("net.h5", { ...small, inputSize: 27_000 }, Infinity),
    /^WeightsError: net\.h5 describes a net of inputSize 27000: its layer input must have at most 2147483647 numbers\. Received: 2187000000$/,
  );
});
