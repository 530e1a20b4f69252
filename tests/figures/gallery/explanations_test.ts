import assert from "node:assert/strict";
import { tf } from "../../../lib/engine/tf.ts";
import {
  type ExplainedImage,
  explainImages,
  type ExplanationKind,
} from "../../../lib/explain/explain_images.ts";
import {
  drawExplanation,
  type DrawnExplanation,
} from "../../../lib/figures/gallery/draw_explanation.ts";
import { explanationRows } from "../../../lib/figures/gallery/explanation_rows.ts";
import { explanationTiles } from "../../../lib/figures/gallery/explanation_tiles.ts";
import { explanationsFigure } from "../../../lib/figures/gallery/explanations.ts";
import { formulaNet } from "../../explain/formula_net.ts";
import { tinySet } from "../../training/tiny_set.ts";
import { assertNumbers, assertSnapshot } from "../snapshot.ts";
import { withoutImages } from "../without_images.ts";

const explained: ExplainedImage = {
  label: 1,
  classes: tinySet.classes,
  grids: new Map([
    ["grad-cam", {
      label: 1,
      width: 2,
      height: 2,
      channels: 1,
      values: Float32Array.of(0, 1, 2, 3),
    }],
    ["guided-grad-cam", {
      label: 1,
      width: 1,
      height: 1,
      channels: 3,
      values: new Float32Array(3),
    }],
  ]),
};
const image = await tinySet.validation.image(0, { mode: "stretch", size: 40 });

Deno.test("explanationTiles() draws each explanation in the size of its image, with class and scale", async () => {
  const tiles = await explanationTiles(image, explained, "bluish");
  assert.deepEqual(
    tiles.map(({ width, height, captions, scale }) => [
      width,
      height,
      ...captions.map(({ label = "", text }) => label + text),
      scale && [scale.low, scale.high],
    ]),
    [
      [40, 40, "bluish", undefined],
      [40, 40, "Grad-CAM", "for bluish", ["0", "3"]],
      [40, 40, "Guided Grad-CAM", "for bluish", ["0", "0"]],
    ],
  );
  assert.equal(new Set(tiles.map(({ image }) => image)).size, 3);
});

Deno.test("drawExplanation() gives a bar with the colors of the overlay, from 0 to the largest value", () => {
  const gray = { width: 2, height: 1, data: new Uint8Array(6).fill(205) };
  const drawn = (kind: ExplanationKind, values: number[]): DrawnExplanation => {
    const grid = { label: 0, width: 2, height: 1, channels: 1, values: Float32Array.from(values) };
    return drawExplanation(gray, { ...explained, grids: new Map([[kind, grid]]) }, kind);
  };
  const ends = ({ image }: DrawnExplanation): number[][] => [
    [...image.data.subarray(0, 3)],
    [...image.data.subarray(3, 6)],
  ];
  const barEnds = ({ scale: { bar } }: DrawnExplanation): number[][] => [
    [...bar.data.subarray(0, 3)],
    [...bar.data.subarray(-3)],
  ];
  const heat = drawn("grad-cam", [0, 123.4]);
  assert.deepEqual(barEnds(heat), ends(heat));
  assert.deepEqual(barEnds(heat)[0], [205, 205, 205]);
  assert.deepEqual([heat.scale.low, heat.scale.high], ["0", "120"]);
  const occluded = drawn("occlusion", [-0.4567, 0.4567]);
  assert.deepEqual(barEnds(occluded), ends(occluded));
  assert.deepEqual([occluded.scale.low, occluded.scale.high], ["against: −0.46", "for: 0.46"]);
});

Deno.test("explanationsFigure() draws two images as in the snapshot", async () => {
  const row = await explanationTiles(image, explained, { text: "bluish", end: " (83\u00a0%)" });
  const figure = explanationsFigure([row, row], { subtitle: "A tiny net" });
  assertNumbers(figure);
  await assertSnapshot("explanations", withoutImages(figure));
});

Deno.test("explanationRows() explains the predicted and the actual class of a data set's image", async () => {
  await tf.setBackend("cpu");
  const net = formulaNet({ configuration: "A", width: 1 / 16 });
  const prediction = { id: "tiny/3.png", actual: 1, predicted: 0, probabilities: [0.83, 0.17] };
  const before = tf.memory().numTensors;
  const [row] = await explanationRows(net, tinySet, [prediction], {
    classes: ["predicted", "actual"],
  });
  const lines = row!.map(({ captions }) =>
    captions.map(({ label = "", text, end = "" }) => label + text + end)
  );
  assert.deepEqual(lines, [
    ["Correct: bluish (17\u00a0%)", "Predicted: reddish (83\u00a0%)"],
    ["Grad-CAM", "for reddish"],
    ["Grad-CAM", "for bluish"],
  ]);
  const input = await tinySet.validation.image(3, net.fit);
  const [explained] = await explainImages(net, [input], { labels: 1 });
  const enlarged = await tinySet.validation.image(3, { mode: "shortest-side", size: 160 });
  assert.equal(row![2]!.image, (await explanationTiles(enlarged, explained!))[1]!.image);
  assert.equal(tf.memory().numTensors, before);
  net.model.dispose();
});

Deno.test("explanationsFigure() rejects rows of different lengths", async () => {
  const row = await explanationTiles(image, explained, "bluish");
  assert.throws(() => explanationsFigure([row, row.slice(1)]), /must have 3 tiles.* Received: 2/);
  assert.throws(() => explanationsFigure([]), /one image or more. Received: none/);
});
