import assert from "node:assert/strict";
import { linkOver } from "./link_over.ts";
import { type Machine, predict } from "./plan.ts";

/** Six seconds for four images, two of them in the forward pass. */
const machine: Machine = { name: "a", line: { constant: 0, gradient: 1.5 }, cores: Infinity };
const work = { perByte: 0, perHop: 0 };
const sent = { bytesPerNumber: 4, overlaps: false };

Deno.test("linkOver() is as slow as its slower part, and burdens a core with the other", () => {
  const own = { perByte: 2, perHop: 3 };
  assert.deepEqual(linkOver(own, 1, 1), { link: { perByte: 2, perHop: 3 }, burden: 1 });
  assert.deepEqual(linkOver(own, 8, 1), { link: { perByte: 8, perHop: 3 }, burden: 0.25 });
  assert.deepEqual(linkOver(own, 8, 2).burden, 0.125);
});

Deno.test("predict() counts the images of all machines, and what of their time is not waiting", () => {
  // 138,357,544 parameters of 4 bytes each, once in and out of each of two machines: a second.
  const wire = 8 * 4 * 138_357_544;
  const two = predict({ machine, machines: 2, batch: 4, wire, work, sent });
  assert.equal(two.seconds.toFixed(9), "7.000000000");
  assert.equal(two.imagesPerSecond.toFixed(9), (8 / 7).toFixed(9));
  assert.equal(two.efficiency.toFixed(9), (6 / 7).toFixed(9));
});

Deno.test("predict() needs nothing of a wire for one machine", () => {
  const one = predict({ machine, machines: 1, batch: 4, wire: 1, work, sent });
  assert.deepEqual([one.seconds, one.efficiency], [6, 1]);
});
