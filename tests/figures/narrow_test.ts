import assert from "node:assert/strict";
import type { LayoutAxis } from "plotly.js";
import { confusionMatrixFigure } from "../../lib/figures/charts/confusion_matrix.ts";
import { learningCurvesFigure } from "../../lib/figures/charts/learning_curves.ts";
import { perClassAccuracyFigure } from "../../lib/figures/charts/per_class_accuracy.ts";
import { stripTitle } from "../../lib/figures/plotly/strip_title.ts";
import { assertNumbers } from "./snapshot.ts";
import { articleEvaluation, fakeHistory } from "./support.ts";

/** The width between the margins of a phone of 390 px. */
const availableWidth = 358;

for (
  const figure of [
    learningCurvesFigure(fakeHistory(40), { narrow: true }),
    confusionMatrixFigure(articleEvaluation, { narrow: true }),
    perClassAccuracyFigure(articleEvaluation, { narrow: true }),
  ]
) {
  Deno.test(`${figure.name} fits on a phone without its title`, () => {
    assertNumbers(figure);
    const { width } = stripTitle(figure).layout;
    assert.ok(width! <= availableWidth, `${width} px`);
  });
}

Deno.test("learningCurvesFigure() puts narrow panels below each other", () => {
  const { layout } = learningCurvesFigure(fakeHistory(6), { narrow: true });
  const [above, below] = [layout.yaxis, layout.yaxis2] as LayoutAxis[];
  assert.ok(above!.domain![0]! > below!.domain![1]!);
  assert.deepEqual(layout.xaxis?.domain, layout.xaxis2?.domain);
  const titles = layout.annotations!.filter(({ text }) => /^<b>(Loss|Accuracy)</.test(text!));
  assert.deepEqual(titles.map(({ y }) => y), [above!.domain![1], below!.domain![1]]);
});

Deno.test("stripTitle() removes the title and keeps the size of the plot", () => {
  const figure = confusionMatrixFigure(articleEvaluation, { subtitle: "what it is of" });
  const plotOf = ({ width, height, margin }: typeof figure.layout): number[] => [
    width! - margin!.l! - margin!.r!,
    height! - margin!.t! - margin!.b!,
  ];
  const bare = stripTitle(figure);
  assert.deepEqual(plotOf(bare.layout), plotOf(figure.layout));
  assert.equal(bare.layout.title, undefined);
  assert.ok(bare.layout.height! < figure.layout.height!);
  assert.throws(() => stripTitle({ ...figure, layout: {} }), /needs a size and margins/);
});
