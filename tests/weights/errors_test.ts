import assert from "node:assert/strict";
import { WeightsError } from "../../lib/weights/errors.ts";

Deno.test("WeightsError is an Error of one line, and no TypeError of a program's mistake", () => {
  const error = new WeightsError("a.h5\nis damaged");
  assert.equal(String(error), "WeightsError: a.h5 is damaged");
  assert.ok(!(error instanceof TypeError));
});
