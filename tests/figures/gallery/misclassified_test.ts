import assert from "node:assert/strict";
import { articleClasses } from "../../../lib/data/sources/class_names.ts";
import {
  misclassifiedFigure,
  type ShownMistake,
} from "../../../lib/figures/gallery/misclassified.ts";
import { assertNumbers, assertSnapshot } from "../snapshot.ts";
import { redImage } from "../support.ts";

const mistakes = (count: number): ShownMistake[] =>
  Array.from({ length: count }, (_, index) => ({
    mistake: {
      id: `${index}.png`,
      actual: index % 10,
      predicted: (index + 3) % 10,
      probabilities: articleClasses.map((_, label) => label === (index + 3) % 10 ? 0.91 : 0.01),
      file: `${index}.png`,
    },
    image: redImage,
    width: 213,
    height: 160,
  }));

Deno.test("misclassifiedFigure() draws four mistakes as in the snapshot", () =>
  assertSnapshot("misclassified", misclassifiedFigure(mistakes(4), articleClasses)));

Deno.test("misclassifiedFigure() shows at most 24 images, each inside the plot", () => {
  for (const count of [1, 2, 5, 7, 15, 16, 24, 30]) {
    const figure = misclassifiedFigure(mistakes(count), articleClasses);
    assertNumbers(figure);
    const { images = [], xaxis, yaxis } = figure.layout;
    assert.equal(images.length, Math.min(count, 24));
    for (const { x, y, sizex, sizey } of images) {
      assert.ok(Number(x) + sizex! / 2 <= xaxis!.range![1], `${count} images`);
      assert.ok(Number(y) + sizey! / 2 <= yaxis!.range![0], `${count} images`);
    }
  }
});

Deno.test("misclassifiedFigure() shows the correct and the predicted label and the probability", () => {
  const { annotations = [] } = misclassifiedFigure(mistakes(1), articleClasses).layout;
  const [correct, predicted] = annotations.map(({ text }) => text?.replaceAll(/<[^>]+>/g, ""));
  assert.equal(correct, "Correct: bucket");
  assert.equal(predicted, "Predicted: shopping basket (91\u00a0%)");
});

Deno.test("misclassifiedFigure() says if there is no mistake", () => {
  const { annotations = [] } = misclassifiedFigure([], articleClasses).layout;
  assert.equal(annotations[0]?.text, "<b>No mistakes</b>");
});

Deno.test("misclassifiedFigure() rejects an unknown class", () => {
  assert.throws(
    () => misclassifiedFigure(mistakes(1), articleClasses.slice(0, 2)),
    /index from 0 to 1. Received: 3/,
  );
});

Deno.test("misclassifiedFigure() shortens names so that they stay unlike those of all classes", () => {
  const classes = ["healthy", "Powdery_mildew"].map((end) => {
    const name = `Cherry_(including_sour_cherries)___${end}`;
    return { id: name, name };
  });
  const [mistake] = mistakes(1);
  const wrong = { ...mistake!.mistake, actual: 1, predicted: 1, probabilities: [0.2, 0.8] };
  // The other class is not in the figure.
  const figure = misclassifiedFigure([{ ...mistake!, mistake: wrong }], classes);
  const { annotations = [] } = figure.layout;
  const texts = annotations.map(({ text }) => text!.replaceAll(/<[^>]+>/g, ""));
  assert.match(texts[0]!, /^Correct: Cher.*…Powdery_/);
  assert.match(texts[1]!, /^Predicted: Cher.*…Powd.* \(80\u00a0%\)$/);
});
