import assert from "node:assert/strict";
import { LossMonitor } from "../../../lib/training/callbacks/loss_monitor.ts";
import { TrainingError } from "../../../lib/training/errors.ts";

/** What a monitor of ten classes warns of. */
function warningsOf(losses: readonly number[]): string[] {
  const warnings: string[] = [];
  const monitor = new LossMonitor(10, (line) => warnings.push(line));
  for (const stepLoss of losses) monitor.onStep({ stepLoss, learningRate: 0.01 });
  return warnings;
}

const losses = (loss: (step: number) => number): number[] =>
  Array.from({ length: 300 }, (_, step) => loss(step));

Deno.test("LossMonitor warns once of a net that stays at ln(classes), and names the remedy", () => {
  const warnings = warningsOf(losses((step) => Math.log(10) + 0.005 * Math.sin(step)));
  assert.equal(warnings.length, 1);
  assert.match(
    warnings[0]!,
    /ln\(10\) = 2\.303.*after 100 steps.*--clip-norm 1.*--shallow RUN/,
  );
});

Deno.test("LossMonitor is silent while the loss falls", () => {
  assert.deepEqual(warningsOf(losses((step) => Math.log(10) * Math.exp(-step / 200))), []);
});

Deno.test("LossMonitor continues from a state", () => {
  const warnings: string[] = [];
  let monitor = new LossMonitor(10, (line) => warnings.push(line));
  for (let step = 1; step <= 200; step++) {
    monitor.onStep({ stepLoss: Math.log(10), learningRate: 0.01 });
    assert.equal(warnings.length, step < 100 ? 0 : 1);
    const state = JSON.parse(JSON.stringify(monitor.state));
    monitor = new LossMonitor(10, (line) => warnings.push(line), state);
  }
});

Deno.test("LossMonitor stops training whose loss is not finite, and says what to try", () => {
  const monitor = new LossMonitor(10, assert.fail);
  monitor.onStep({ stepLoss: 2, learningRate: 0.01 });
  assert.throws(
    () => monitor.onStep({ stepLoss: NaN, learningRate: 0.01 }),
    (error: unknown) =>
      error instanceof TrainingError && /became NaN at step 2.*below 0\.010/.test(error.message),
  );
});

Deno.test("LossMonitor stops training whose validation loss is not finite, if there are images", () => {
  const monitor = new LossMonitor(10, assert.fail);
  monitor.onStep({ stepLoss: 2, learningRate: 0.01 });
  const line = {
    ...{ epoch: 1, loss: 2, accuracy: 0.1, lr: 0.01, seconds: 1, images_per_second: 1 },
    val_loss: NaN,
  };
  monitor.onEpoch({ ...line, val_accuracy: NaN });
  assert.throws(() => monitor.onEpoch({ ...line, val_accuracy: 0 }), /became NaN at step 1/);
});

Deno.test("LossMonitor tells of a small set that had too few steps, and how many may do", () => {
  const endOf = (classes: number, epochs: number, all: readonly number[]): string[] => {
    const warnings: string[] = [];
    const monitor = new LossMonitor(classes, (line) => warnings.push(line));
    for (const stepLoss of all) monitor.onStep({ stepLoss, learningRate: 0.01 });
    const line = { ...{ epoch: epochs, loss: 1, accuracy: 0.5, lr: 0.01, seconds: 1 } };
    monitor.onEpoch({ ...line, images_per_second: 1, val_loss: 1, val_accuracy: 0.5 });
    monitor.onEnd();
    monitor.onEnd();
    return warnings;
  };
  const [warning, ...others] = endOf(2, 14, new Array(28).fill(0.7));
  assert.match(warning!, /^the loss is 0\.700 after all 28 steps, .* ln\(2\) = 0\.693: /);
  assert.match(warning!, /--epochs 150,.*--batch.*--weights/); // 28 steps in 14 epochs: 300 in 150.
  assert.deepEqual(others, []);
  // A loss above that of guessing has learned nothing either.
  assert.equal(endOf(3, 1, [40, 12, 5]).length, 1);
  // It fell, or there were steps enough for the warning during training.
  assert.deepEqual(endOf(2, 14, Array.from({ length: 28 }, (_, step) => 0.7 - 0.02 * step)), []);
  assert.deepEqual(endOf(2, 14, new Array(120).fill(0.693)).length, 1);
  assert.deepEqual(endOf(2, 14, new Array(120).fill(0.75)), []);
  assert.deepEqual(endOf(2, 14, []), []);
});
