import assert from "node:assert/strict";
import { LossMonitor, TrainingError } from "../../../lib/training/loop/loss_monitor.ts";

Deno.test("LossWatch warns once of a net that stays at ln(classes), and names the remedy", () => {
  const watch = new LossMonitor(10);
  const warnings = Array.from(
    { length: 300 },
    (_, step) => watch.record(Math.log(10) + 0.005 * Math.sin(step), 0.01),
  ).filter((line) => line !== undefined);
  assert.equal(warnings.length, 1);
  assert.match(warnings[0]!, /ln\(10\) = 2\.303.*--clip-norm 1.*--shallow RUN/);
});

Deno.test("LossWatch is silent while the loss falls", () => {
  const watch = new LossMonitor(10);
  for (let step = 0; step < 300; step++) {
    assert.equal(watch.record(Math.log(10) * Math.exp(-step / 200), 0.01), undefined);
  }
});

Deno.test("LossWatch stops training whose loss is not finite, and says what to try", () => {
  const watch = new LossMonitor(10);
  watch.record(2, 0.01);
  assert.throws(
    () => watch.record(NaN, 0.01),
    (error) =>
      error instanceof TrainingError && /became NaN at step 2.*below 0\.010/.test(error.message),
  );
});
