import assert from "node:assert/strict";
import { confusedPairsFigure } from "../../../lib/figures/charts/confused_pairs.ts";
import { assertNumbers, assertSnapshot } from "../snapshot.ts";
import { articleEvaluation, confusionWith, evaluationOf, manyClasses } from "../support.ts";

Deno.test("confusedPairsFigure() draws the article's pairs as in the snapshot", () =>
  assertSnapshot("confused_pairs", confusedPairsFigure(articleEvaluation)));

Deno.test("confusedPairsFigure() counts images of the left class on the left", () => {
  const classes = [{ id: "n02493509", name: "titi, titi monkey" }, {
    id: "b",
    name: "siamang",
  }];
  const figure = confusedPairsFigure(evaluationOf([[5, 3], [1, 7]], classes));
  const [left, right] = figure.data as { x: number[]; text: string[]; hovertext: string[] }[];
  assert.deepEqual([left!.x, right!.x], [[-3], [1]]);
  assert.deepEqual(left!.hovertext, ["titi predicted as siamang"]);
  const { annotations = [] } = figure.layout;
  assert.deepEqual(annotations.map(({ text, x }) => [text, x]), [["titi", 0], ["siamang", 1]]);
});

Deno.test("confusedPairsFigure() shows at most twelve pairs, and says if there is none", () => {
  const count = 60;
  const many = evaluationOf(confusionWith(new Array(count).fill(20), 50), manyClasses(count));
  const figure = confusedPairsFigure(many);
  assertNumbers(figure);
  assert.equal((figure.data[0] as { x: number[] }).x.length, 12);
  const none = confusedPairsFigure(evaluationOf([[5, 0], [0, 7]], manyClasses(2)));
  assertNumbers(none);
  assert.deepEqual(none.layout.annotations?.map(({ text }) => text), ["<b>No mistakes</b>"]);
});
