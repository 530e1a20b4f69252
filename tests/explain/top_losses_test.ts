import assert from "node:assert/strict";
import { topLosses } from "../../lib/explain/top_losses.ts";

const predictions = [0.5, 0.01, 0, 0.9].map((probability, index) => ({
  id: `${index}.png`,
  actual: 0,
  predicted: probability >= 0.5 ? 0 : 1,
  probabilities: [probability, 1 - probability],
}));

Deno.test("topLosses() lists the predictions with the highest loss, correct ones too", () => {
  const worst = topLosses(predictions, 3);
  assert.deepEqual(worst.map(({ id }) => id), ["2.png", "1.png", "0.png"]);
  assert.deepEqual(worst.map(({ loss }) => loss.toFixed(3)), ["87.337", "4.605", "0.693"]);
  assert.throws(() => topLosses(predictions, 0), /count must be .*Received: 0/);
});
