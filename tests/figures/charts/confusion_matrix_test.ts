import assert from "node:assert/strict";
import {
  confusionMatrixFigure,
  mostConfusedClasses,
} from "../../../lib/figures/charts/confusion_matrix.ts";
import { perClassAccuracyFigure } from "../../../lib/figures/charts/per_class_accuracy.ts";
import { contrast, readableOn } from "../../../lib/figures/plotly/color.ts";
import { assertNumbers, assertSnapshot } from "../snapshot.ts";
import { articleEvaluation, confusionWith, evaluationOf, manyClasses } from "../support.ts";

const evaluationOfMany = (count: number): typeof articleEvaluation =>
  evaluationOf(
    confusionWith(Array.from({ length: count }, (_, index) => (index * 17) % 45), 50),
    manyClasses(count),
  );
const traceTypes = (count: number): (string | undefined)[] =>
  confusionMatrixFigure(evaluationOfMany(count)).data.map(({ type }) => type);

Deno.test("confusionMatrixFigure() draws the article's ten classes as in the snapshot", () =>
  assertSnapshot("confusion_matrix", confusionMatrixFigure(articleEvaluation)));

Deno.test("confusionMatrixFigure() writes counts into the cells of up to 25 classes", () => {
  assert.deepEqual(traceTypes(2), ["heatmap", "scatter"]);
  assert.deepEqual(traceTypes(25), ["heatmap", "scatter"]);
  assert.deepEqual(traceTypes(26), ["heatmap"]);
  assert.deepEqual(traceTypes(100), ["heatmap"]);
});

Deno.test("confusionMatrixFigure() shows the 25 most confused of more than 100 classes", () => {
  const figure = confusionMatrixFigure(evaluationOfMany(101));
  assertNumbers(figure);
  assert.equal(figure.layout.xaxis?.ticktext?.length, 25);
  assert.match(String(figure.layout.title && JSON.stringify(figure.layout.title)), /25 of 101/);
});

Deno.test("confusionMatrixFigure() leaves the row of a class without images empty", () => {
  const classes = manyClasses(3);
  const figure = confusionMatrixFigure(evaluationOf([[3, 1, 0], [0, 0, 0], [0, 2, 2]], classes));
  assertNumbers(figure);
  const [heatmap] = figure.data;
  assert.ok(heatmap && "z" in heatmap);
  assert.deepEqual(heatmap.z, [[0.75, -0.25, 0], [null, null, null], [0, -0.5, 0.5]]);
});

Deno.test("confusionMatrixFigure() rejects a matrix that does not fit its classes", () => {
  assert.throws(
    () => confusionMatrixFigure({ ...articleEvaluation, confusion: [[1, 2]] }),
    /Received: 10 classes and a matrix of 1 × 2/,
  );
});

Deno.test("mostConfusedClasses() counts actual and predicted classes and keeps their order", () => {
  const confusion = [[9, 0, 0, 0], [0, 9, 3, 0], [1, 0, 9, 0], [0, 0, 5, 9]];
  assert.deepEqual(mostConfusedClasses(confusion, 2), [2, 3]);
  assert.deepEqual(mostConfusedClasses(confusion, 9), [0, 1, 2, 3]);
});

Deno.test("contrast() follows WCAG, and readableOn() picks the greater contrast", () => {
  assert.equal(contrast("#000000", "#ffffff").toFixed(2), "21.00");
  // WebAIM's contrast checker gives 4.54 for this gray, the lightest that passes on white.
  assert.equal(contrast("#767676", "#ffffff").toFixed(2), "4.54");
  assert.equal(readableOn("#ffffff"), "#1c2733");
  assert.equal(readableOn("#000000"), "#ffffff");
});

Deno.test("figures label the classes of every data set differently", () => {
  const plants = ["Pepper,_bell___Bacterial_spot", "Pepper,_bell___healthy", "Corn"];
  const cherries = ["healthy", "Powdery_mildew", "Powdery_rust"]
    .map((end) => `Cherry_(including_sour_cherries_of_all_kinds)___${end}`);
  const classes = [
    ...[...plants, ...cherries, "a\x1b[2J", "a\x1b[1J"].map((name) => ({ id: name, name })),
    ...["n02012849", "n03126707"].map((id) => ({ id, name: "crane" })),
  ];
  const evaluation = evaluationOf(confusionWith(classes.map(() => 40), 50), classes);
  const { xaxis, yaxis } = confusionMatrixFigure(evaluation).layout;
  const accuracies = perClassAccuracyFigure(evaluation).layout.yaxis;
  for (const axis of [xaxis, yaxis, accuracies]) {
    const labels = axis!.ticktext as string[];
    assert.equal(new Set(labels).size, classes.length, labels.join("\n"));
    // deno-lint-ignore no-control-regex -- XML allows no control characters
    for (const label of labels) assert.doesNotMatch(label, /\x1b/);
    assert.ok(labels.some((label) => label.includes("crane (n03126707)")), labels.join("\n"));
    assert.ok(labels.some((label) => /^Pepper,_bell/.test(label)), labels.join("\n"));
  }
});
