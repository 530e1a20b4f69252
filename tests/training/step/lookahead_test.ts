import assert from "node:assert/strict";
import { tf } from "../../../lib/engine/tf.ts";
import { keptShare, Lookahead } from "../../../lib/training/step/lookahead.ts";
import { assertClose } from "../../assert_close.ts";

await tf.setBackend("cpu");

Deno.test("Lookahead averages weights with slow ones, from which both go on", () => {
  const dense = tf.layers.dense({ units: 1, inputShape: [2], useBias: false, name: "dense" });
  const model = tf.sequential({ layers: [dense] });
  const set = (values: number[]): void => dense.setWeights([tf.tensor2d(values, [2, 1])]);
  set([1, 2]);
  const lookahead = new Lookahead(model);
  assert.deepEqual([...lookahead.state.keys()], ["dense/kernel/slow"]);
  set([3, 6]);
  lookahead.update(0.75);
  assertClose(dense.getWeights()[0]!, [1.5, 3], 1e-6);
  set([9, 9]);
  lookahead.update(1);
  assertClose(dense.getWeights()[0]!, [1.5, 3], 1e-6);
  lookahead.dispose();
  model.dispose();
});

Deno.test("keptShare() rises with the cube of the progress, and the last step has one", () => {
  const settings = { every: 5, keep: 0.95 };
  assert.equal(keptShare(settings, 4, 102), undefined);
  assert.ok(Math.abs(keptShare(settings, 50, 100)! - 0.95 ** 5 / 8) < 1e-12);
  assert.ok(Math.abs(keptShare(settings, 100, 100)! - 0.95 ** 5) < 1e-12);
  assert.ok(Math.abs(keptShare(settings, 102, 102)! - 0.95 ** 5) < 1e-12);
  assert.equal(keptShare(undefined, 50, 100), undefined);
});
