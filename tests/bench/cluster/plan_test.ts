import assert from "node:assert/strict";
import { exchangeSeconds, type Machine, stepSeconds, vgg16Bytes } from "./plan.ts";

const machine: Machine = { constant: 0.3, perImage: 0.3, cores: 2 };
/** A second for VGG16's 138,357,544 gradients between two machines. */
const link = { perByte: 1 / (4 * 138_357_544), perHop: 0.01 };
const setting = { batch: 1, machines: 2, wire: Infinity, link };

Deno.test("two machines send all gradients once, four send one and a half times as much", () => {
  assert.equal(vgg16Bytes, 4 * 138_357_544);
  assert.ok(Math.abs(exchangeSeconds(2, link) - 1.02) < 1e-9);
  assert.ok(Math.abs(exchangeSeconds(4, link) - 1.56) < 1e-9);
});

Deno.test("one machine exchanges nothing", () => {
  const seconds = stepSeconds(machine, { ...setting, machines: 1, wire: 1e9 });
  assert.ok(Math.abs(seconds - 0.6) < 1e-9);
});

Deno.test("a step waits for what sending takes longer than the backward pass", () => {
  assert.ok(Math.abs(stepSeconds(machine, setting) - (0.3 + 0.1 + 1.02)) < 1e-9);
  // A wire of half that pace.
  const slow = stepSeconds(machine, { ...setting, wire: 8 * vgg16Bytes / 2 });
  assert.ok(Math.abs(slow - (0.3 + 0.1 + 2.02)) < 1e-9);
});

Deno.test("an exchange that is hidden still takes a core from computing", () => {
  const seconds = stepSeconds(machine, { ...setting, batch: 100 });
  assert.ok(Math.abs(seconds - (0.3 + 30 + 0.5)) < 1e-9);
});
