import assert from "node:assert/strict";
import { type SimulatedExchange, simulateStep } from "./simulate.ts";

/** Ten seconds alone. The second layer's gradients are there after six, the first one's after nine. */
const local = {
  forward: 3,
  backward: 6,
  update: 1,
  gradients: [{ size: 10, at: 1 }, { size: 20, at: 0.5 }],
};

/** Two workers send 80 bytes in 0.8 s, then 40 in 0.4 s; two hops take 0.2 s. */
const exchange: SimulatedExchange = {
  workers: 2,
  link: { perByte: 0.01, perHop: 0.1 },
  burden: 0,
  bytesPerNumber: 4,
  messageBytes: 80,
  overlaps: true,
};

function seconds(changes: Partial<SimulatedExchange>): number {
  return Number(simulateStep(local, { ...exchange, ...changes }).seconds.toFixed(9));
}

Deno.test("simulateStep() hides a message behind the rest of the backward pass", () => {
  // Nine of computing, 0.4 and 0.2 of sending, one of updating.
  assert.equal(seconds({}), 10.6);
  const { added } = simulateStep(local, exchange);
  assert.equal(added.toFixed(9), "0.600000000");
});

Deno.test("simulateStep() makes a message wait for the one before it", () => {
  // Eight seconds from the sixth on, then four, 0.2, and one.
  assert.equal(seconds({ link: { perByte: 0.1, perHop: 0.1 } }), 19.2);
});

Deno.test("simulateStep() sends all after the backward pass where nothing overlaps", () => {
  // Nine, then 1.2 of sending, 0.2, and one.
  assert.equal(seconds({ overlaps: false }), 11.4);
  // Both in one message wait for the last gradient as well.
  assert.equal(seconds({ messageBytes: 120 }), 11.4);
});

Deno.test("simulateStep() slows computing down by what the exchange takes of it", () => {
  // Computing stands still for all 1.2; or loses half of the first 0.8, which the second waits for.
  assert.equal(seconds({ burden: 1 }), 11.4);
  assert.equal(seconds({ burden: 0.5 }), 11);
});

Deno.test("simulateStep() knows numbers of half the bytes, more workers, and one alone", () => {
  assert.equal(seconds({ bytesPerNumber: 2 }), 10.4);
  // Each of four sends six times a quarter, in six hops.
  assert.equal(seconds({ workers: 4 }), 11.2);
  assert.deepEqual(simulateStep(local, { ...exchange, workers: 1 }), { seconds: 10, added: 0 });
});
