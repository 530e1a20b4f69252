import assert from "node:assert/strict";
import { createScheduler } from "../../../lib/training/loop/learning_rate.ts";

const rates = (schedule: Parameters<typeof createScheduler>[0], steps: number): number[] => {
  const rate = createScheduler(schedule, steps);
  return Array.from({ length: steps }, (_, step) => rate.rateAt(step));
};

Deno.test("createScheduler() keeps a constant rate", () => {
  assert.deepEqual(rates({ kind: "constant", rate: 0.01 }, 3), [0.01, 0.01, 0.01]);
});

Deno.test("createScheduler() rises to the peak and falls to the end in one cycle", () => {
  const cycle = rates({ kind: "one-cycle", peak: 0.1, start: 0.1, rise: 0.25, end: 0.01 }, 101);
  assert.equal(cycle[0], 0.1 * 0.1);
  const top = cycle.indexOf(Math.max(...cycle));
  assert.ok(top === 25 || top === 26, `the peak is at step ${top}`);
  assert.ok(Math.abs(cycle.at(-1)! - 0.001) < 1e-9);
  assert.ok(cycle.every((rate) => rate > 0 && rate <= 0.1));
});

Deno.test("createScheduler() survives a single step", () => {
  for (const rate of rates({ kind: "one-cycle", peak: 1, start: 0.1, rise: 0.25, end: 0 }, 1)) {
    assert.ok(Number.isFinite(rate));
  }
});

Deno.test("createScheduler() halves a cosine's rate in the middle", () => {
  const cosine = rates({ kind: "cosine", rate: 1 }, 10);
  assert.equal(cosine[0], 1);
  assert.ok(Math.abs(cosine[5]! - 0.5) < 1e-12);
});

Deno.test("createScheduler() divides on a plateau, three times as in the paper, then no more", () => {
  const rate = createScheduler(
    { kind: "plateau", rate: 1, divisor: 10, patience: 2, times: 3 },
    100,
  );
  const after = [0.5, 0.6, 0.6, 0.6, 0.7, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1].map((accuracy) => {
    rate.onEpochEnd(accuracy);
    return Math.round(Math.log10(rate.rateAt(0)));
  });
  assert.deepEqual(after, [0, 0, 0, -1, -1, -1, -2, -2, -3, -3, -3, -3]);
});
