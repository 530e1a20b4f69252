import assert from "node:assert/strict";
import { bytesSent, hopsOf, ringSeconds } from "./ring.ts";

Deno.test("each worker of a ring sends twice all parts of the tensor but one", () => {
  assert.deepEqual([1, 2, 4, 64].map(hopsOf), [0, 2, 6, 126]);
  assert.equal(bytesSent(100, 1), 0);
  assert.equal(bytesSent(100, 2), 100);
  assert.equal(bytesSent(100, 4), 150);
});

Deno.test("ringSeconds() adds latency for each hop to the time of the bytes", () => {
  // Two hops of half a second, then 100 bytes of a hundredth each; six hops, and 150 bytes.
  assert.equal(ringSeconds(100, 2, { perByte: 0.01, perHop: 0.5 }), 2);
  assert.equal(ringSeconds(100, 4, { perByte: 0.01, perHop: 0.5 }), 4.5);
});
