import assert from "node:assert/strict";
import { perClassAccuracyFigure } from "../../../lib/figures/charts/per_class_accuracy.ts";
import { assertNumbers, assertSnapshot } from "../snapshot.ts";
import { articleEvaluation, confusionWith, evaluationOf, manyClasses } from "../support.ts";

Deno.test("perClassAccuracyFigure() draws the article's ten classes as in the snapshot", () =>
  assertSnapshot("per_class_accuracy", perClassAccuracyFigure(articleEvaluation)));

Deno.test("perClassAccuracyFigure() says which classes have no images", () => {
  const confusion = [[3, 1, 0], [0, 0, 0], [0, 2, 2]];
  const figure = perClassAccuracyFigure(evaluationOf(confusion, manyClasses(3)));
  assertNumbers(figure);
  const texts = (figure.layout.annotations ?? []).map(({ text }) => text);
  assert.equal(texts.filter((text) => text === "no images").length, 1);
  // The mean of 75 % and 50 %: a class without images does not count.
  assert.ok(texts.includes("mean of the classes: <b>62.5\u00a0%</b>"), texts.join());
});

Deno.test("perClassAccuracyFigure() draws classes if none has images", () => {
  assertNumbers(perClassAccuracyFigure(evaluationOf([[0, 0], [0, 0]], manyClasses(2))));
});

Deno.test("perClassAccuracyFigure() shows the fifty least accurate of more than 100 classes", () => {
  const diagonal = Array.from({ length: 101 }, (_, index) => (index * 17) % 45);
  const evaluation = evaluationOf(confusionWith(diagonal, 50), manyClasses(101));
  const [bars] = perClassAccuracyFigure(evaluation).data;
  assert.ok(bars && "x" in bars && Array.isArray(bars.x));
  assert.equal(bars.x.length, 50);
  assert.deepEqual(bars.x, bars.x.toSorted((a, b) => Number(a) - Number(b)));
});
