import assert from "node:assert/strict";
import { binaryOf, compile, moduleNames } from "./compile.ts";

for (const name of moduleNames) {
  Deno.test(`${name}.wasm is compiled from its present text`, async () => {
    const advice = "run tests/engine/wasm/compile.ts";
    assert.deepEqual(await Deno.readFile(binaryOf(name)), await compile(name), advice);
  });
}
