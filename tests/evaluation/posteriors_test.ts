import assert from "node:assert/strict";
import { Posteriors } from "../../lib/evaluation/posteriors.ts";

Deno.test("Posteriors are means weighted by share, without incomplete images", () => {
  const posteriors = new Posteriors(3, 2);
  posteriors.add(2, [0.5, 0.5], 0.75);
  posteriors.add(0, [1, 0], 1);
  posteriors.add(1, [0.5, 0.5], 0.5);
  posteriors.add(2, [0.25, 0.75], 0.25);
  assert.deepEqual(Array.from(posteriors.means()), [
    { image: 0, probabilities: [1, 0] },
    { image: 2, probabilities: [0.4375, 0.5625] },
  ]);
});
