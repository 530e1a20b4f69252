import assert from "node:assert/strict";
import { OutOfMemoryError } from "../../lib/engine/errors.ts";
import { resolveSettings } from "../../lib/training/config/resolve_settings.ts";
import { withAdvice } from "../../lib/training/run_training.ts";
import { tinySet } from "./tiny_set.ts";

Deno.test("a training that ran out of memory says what would fit", () => {
  const settings = resolveSettings({ recipe: "article" }, tinySet);
  const error = new OutOfMemoryError("no room for [256,64,224,224]");
  const adviceFor = (microBatch: number): string =>
    withAdvice(error, { microBatch, settings }).message;
  assert.equal(
    adviceFor(32),
    "memory ended in a step of 32 images at 224 px (no room for [256,64,224,224]). " +
      "Half of that may fit: --batch 16",
  );
  assert.match(
    adviceFor(1),
    /in a step of 1 image at 224 px .* What fits: --head small, or --size/,
  );
});
