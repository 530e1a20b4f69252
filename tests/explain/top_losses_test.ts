import assert from "node:assert/strict";
import { topLosses } from "../../lib/explain/top_losses.ts";

const predictions = [0.5, 0.01, 0, 0.9].map((own, index) => ({
  id: `${index}.png`,
  actual: 0,
  predicted: own >= 0.5 ? 0 : 1,
  probabilities: [own, 1 - own],
}));

Deno.test("topLosses() lists the costliest predictions, right ones too", () => {
  const worst = topLosses(predictions, 3);
  assert.deepEqual(worst.map(({ id }) => id), ["2.png", "1.png", "0.png"]);
  assert.deepEqual(worst.map(({ loss }) => loss.toFixed(3)), ["87.337", "4.605", "0.693"]);
  assert.throws(() => topLosses(predictions, 0), /count must be .*Received: 0/);
});
