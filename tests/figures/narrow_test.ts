import assert from "node:assert/strict";
import type { LayoutAxis } from "plotly.js";
import { confusionMatrixFigure } from "../../lib/figures/charts/confusion_matrix.ts";
import { learningCurvesFigure } from "../../lib/figures/charts/learning_curves.ts";
import { perClassAccuracyFigure } from "../../lib/figures/charts/per_class_accuracy.ts";
import { withoutHeading } from "../../lib/figures/plotly/strip_title.ts";
import { assertNumbers } from "./snapshot.ts";
import { articleEvaluation, fakeHistory } from "./support.ts";

/** What a phone of 390 px has between its margins. */
const room = 358;

for (
  const figure of [
    learningCurvesFigure(fakeHistory(40), { narrow: true }),
    confusionMatrixFigure(articleEvaluation, { narrow: true }),
    perClassAccuracyFigure(articleEvaluation, { narrow: true }),
  ]
) {
  Deno.test(`${figure.name} fits into a phone without its heading`, () => {
    assertNumbers(figure);
    const { width } = withoutHeading(figure).layout;
    assert.ok(width! <= room, `${width} px`);
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

Deno.test("withoutHeading() leaves the plot as large as it was, and nothing of the title", () => {
  const figure = confusionMatrixFigure(articleEvaluation, { subtitle: "what it is of" });
  const plotOf = ({ width, height, margin }: typeof figure.layout): number[] => [
    width! - margin!.l! - margin!.r!,
    height! - margin!.t! - margin!.b!,
  ];
  const bare = withoutHeading(figure);
  assert.deepEqual(plotOf(bare.layout), plotOf(figure.layout));
  assert.equal(bare.layout.title, undefined);
  assert.ok(bare.layout.height! < figure.layout.height!);
  assert.throws(() => withoutHeading({ ...figure, layout: {} }), /needs a size and margins/);
});
