import assert from "node:assert/strict";
import { createScheduler } from "../../../lib/training/loop/learning_rate.ts";
import { TrainingState } from "../../../lib/training/loop/training_state.ts";

/** An epoch without validation images. */
const example = {
  ...{ accuracy: 0.5, val_loss: NaN, val_accuracy: NaN, lr: 1, seconds: 1, images_per_second: 1 },
};

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
    rate.onEpochEnd({ loss: 1, val_accuracy: accuracy });
    return Math.round(Math.log10(rate.rateAt(0)));
  });
  assert.deepEqual(after, [0, 0, 0, -1, -1, -1, -2, -2, -3, -3, -3, -3]);
});

Deno.test("createScheduler() divides where the training loss no longer falls, without validation images", () => {
  const rate = createScheduler(
    { kind: "plateau", rate: 1, divisor: 10, patience: 2, times: 3 },
    100,
  );
  const after = [0.9, 0.8, 0.8, 0.7, 0.6, 0.6, 0.7, 0.5, 0.4].map((loss) => {
    rate.onEpochEnd({ loss, val_accuracy: NaN });
    return Math.round(Math.log10(rate.rateAt(0)));
  });
  assert.deepEqual(after, [0, 0, 0, 0, 0, 0, -1, -1, -1]);
});

Deno.test("a run without validation images keeps its rate while its loss falls", () => {
  const schedule = { kind: "plateau", rate: 1, divisor: 10, patience: 2, times: 3 } as const;
  const recipe = { epochs: 9, schedule, earlyStopping: 3 };
  const state = new TrainingState({ recipe, steps: 1, classes: 2 });
  const rates = Array.from({ length: 8 }, (_, index) => {
    const line = { ...example, epoch: index + 1, loss: 1 / (index + 1) };
    assert.equal(state.endEpoch(line), true);
    return state.rate;
  });
  assert.deepEqual(rates, Array(8).fill(1));
  assert.equal(state.isOutOfPatience, false);
});
