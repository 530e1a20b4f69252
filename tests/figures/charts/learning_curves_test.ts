import assert from "node:assert/strict";
import { learningCurvesFigure } from "../../../lib/figures/charts/learning_curves.ts";
import { assertNumbers, assertSnapshot } from "../snapshot.ts";
import { fakeHistory } from "../support.ts";

Deno.test("learningCurvesFigure() draws forty epochs as in the snapshot", () => {
  const figure = learningCurvesFigure(fakeHistory(40), {
    subtitle: "VGG16, 224 px, on ten classes",
    stop: { epoch: 40, label: "early stopping" },
  });
  return assertSnapshot("learning_curves", figure);
});

Deno.test("learningCurvesFigure() marks the epoch with the highest validation accuracy, then the lowest loss", () => {
  const losses = [2, 1, 1.5, 1.1, 1.2];
  const history = [0.2, 0.5, 0.4, 0.5, 0.5].map((val_accuracy, index) => ({
    ...fakeHistory(5)[index]!,
    val_accuracy,
    val_loss: losses[index]!,
  }));
  const texts = (learningCurvesFigure(history).layout.annotations ?? []).map(({ text }) => text);
  assert.ok(texts.includes("best: <b>50.0\u00a0%</b> in epoch 2"), texts.join());
});

Deno.test("learningCurvesFigure() labels an early stop inside the panel, a late one above it", () => {
  const heights = [2, 30].map((epoch) => {
    const figure = learningCurvesFigure(fakeHistory(40), { stop: { epoch, label: "stop" } });
    return figure.layout.annotations?.find(({ text }) => text === "stop")?.y;
  });
  assert.deepEqual(heights, [0, 1]);
});

Deno.test("learningCurvesFigure() draws one epoch as points", () => {
  const figure = learningCurvesFigure(fakeHistory(1));
  assertNumbers(figure);
  const [first] = figure.data;
  assert.ok(first && "mode" in first && first.mode === "lines+markers");
});

Deno.test("learningCurvesFigure() draws training alone if there is no validation", () => {
  const history = fakeHistory(5).map((line) => ({ ...line, val_loss: NaN, val_accuracy: NaN }));
  const figure = learningCurvesFigure(history, { learningRate: true });
  assertNumbers(figure);
  const names = figure.data.map((trace) => "name" in trace ? trace.name : undefined);
  assert.deepEqual(names, ["train", "train", "learning rate"]);
});

Deno.test("learningCurvesFigure() draws losses that overflowed as gaps", () => {
  const history = fakeHistory(5).map((line, index) =>
    index === 3 ? { ...line, loss: Infinity, val_loss: NaN } : line
  );
  assertNumbers(learningCurvesFigure(history));
});

Deno.test("learningCurvesFigure() rejects an empty history", () => {
  assert.throws(() => learningCurvesFigure([]), /one epoch or more. Received: none/);
});
