import assert from "node:assert/strict";
import {
  mostConfused,
  onlyPrediction,
  summarize,
} from "../../../lib/evaluation/metrics/summarize.ts";
import type { Prediction } from "../../../lib/runs/schemas.ts";

const classes = ["a", "b", "c"].map((id) => ({ id, name: id.toUpperCase() }));
const context = { split: "validation", weights: "best" } as const;

const prediction = (actual: number, probabilities: number[]): Prediction => ({
  id: "x",
  actual,
  predicted: probabilities.indexOf(Math.max(...probabilities)),
  probabilities,
});

Deno.test("summarize() agrees with values computed by hand", () => {
  const result = summarize(
    [
      prediction(0, [0.7, 0.2, 0.1]),
      prediction(0, [0.2, 0.5, 0.3]),
      prediction(1, [0.1, 0.8, 0.1]),
      prediction(1, [0.6, 0.3, 0.1]),
    ],
    classes,
    context,
  );
  assert.equal(result.images, 4);
  assert.equal(result.top1, 0.5);
  assert.deepEqual(result.confusion, [[1, 1, 0], [1, 1, 0], [0, 0, 0]]);
  const loss = -(Math.log(0.7) + Math.log(0.2) + Math.log(0.8) + Math.log(0.3)) / 4;
  assert.ok(Math.abs(result.loss - loss) < 1e-12);
  const [first, , empty] = result.per_class;
  assert.deepEqual([first!.name, first!.correct, first!.total, first!.accuracy], ["A", 1, 2, 0.5]);
  assert.deepEqual([empty!.total, empty!.accuracy, empty!.interval], [0, null, [0, 1]]);
});

Deno.test("summarize() counts ties against the network in top-5", () => {
  const many = Array.from({ length: 7 }, (_, index) => ({ id: `${index}`, name: `${index}` }));
  const ranked = [0.3, 0.2, 0.15, 0.12, 0.1, 0.08, 0.05];
  const top5 = (actual: number, probabilities: number[]): number =>
    summarize([prediction(actual, probabilities)], many, context).top5;
  assert.equal(top5(4, ranked), 1);
  assert.equal(top5(5, ranked), 0);
  assert.equal(top5(3, new Array(7).fill(1 / 7)), 0);
});

Deno.test("summarize() keeps the loss finite if a probability is zero", () => {
  const { loss } = summarize([prediction(0, [0, 1, 0])], classes, context);
  assert.ok(loss > 80 && Number.isFinite(loss));
});

Deno.test("mostConfused() puts the article's two monkeys first", () => {
  const confusion = [[39, 2, 0], [1, 2, 20], [0, 17, 6]];
  assert.deepEqual(mostConfused(confusion), [
    { classes: [1, 2], counts: [20, 17] },
    { classes: [0, 1], counts: [2, 1] },
  ]);
});

Deno.test("onlyPrediction() finds the class that a net takes all images for", () => {
  assert.equal(onlyPrediction([[0, 5, 0], [0, 9, 0], [0, 1, 0]]), 1);
  assert.equal(onlyPrediction([[5, 0], [9, 0]]), 0);
  assert.equal(onlyPrediction([[4, 1], [9, 0]]), undefined);
  // Nothing is wrong where there is nothing else to predict.
  assert.equal(onlyPrediction([[5, 0], [0, 0]]), undefined);
  assert.equal(onlyPrediction([[0, 0], [0, 0]]), undefined);
});
