import assert from "node:assert/strict";
import { topLosses } from "../../../lib/explain/top_losses.ts";
import { predictionTiles } from "../../../lib/figures/gallery/prediction_tiles.ts";
import { tinySet } from "../../training/tiny_set.ts";

const prediction = { id: "tiny/3.png", actual: 1, predicted: 0, probabilities: [0.83, 0.17] };

Deno.test("predictionTiles() shows both labels with their probabilities below the image", async () => {
  const [tile] = await predictionTiles(tinySet, [prediction]);
  const lines = tile?.captions.map(({ label = "", text, end = "" }) => label + text + end);
  assert.deepEqual(lines, ["Correct: bluish (17\u00a0%)", "Predicted: reddish (83\u00a0%)"]);
  assert.match(tile?.image ?? "", /^data:image\/png;base64,/);
  assert.deepEqual([tile?.width, tile?.height], [160, 160]);
});

Deno.test("predictionTiles() shows the loss if it is given", async () => {
  const [tile] = await predictionTiles(tinySet, topLosses([prediction]));
  const { label, text } = tile?.captions[2] ?? {};
  assert.deepEqual([label, text], ["Loss: ", "1.77"]);
});

Deno.test("predictionTiles() rejects a prediction of an image that is not in the data set", async () => {
  const unknown = { ...prediction, id: "elsewhere/3.png" };
  await assert.rejects(() => predictionTiles(tinySet, [unknown]), /Received: elsewhere\/3.png/);
});
