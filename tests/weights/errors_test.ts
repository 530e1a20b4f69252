import assert from "node:assert/strict";
import { WeightsError } from "../../lib/weights/errors.ts";

Deno.test("WeightsError has a message of one line, and is not a TypeError, which means a bug", () => {
  const error = new WeightsError("a.h5\nis damaged");
  assert.equal(String(error), "WeightsError: a.h5 is damaged");
  assert.ok(!(error instanceof TypeError));
});
