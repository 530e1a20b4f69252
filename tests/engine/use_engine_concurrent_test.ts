import assert from "node:assert/strict";
import { useEngine } from "../../lib/engine/use_engine.ts";

Deno.test("calls at the same time start one engine; one that fails leaves the start to others", async () => {
  // An engine that is refused fails at once.
  const failing = useEngine({ engine: "tensorflow", native: false });
  const calls = [useEngine({ engine: "wasm" }), useEngine(), useEngine({ engine: "wasm" })];
  const other = useEngine({ engine: "cpu" });
  await Promise.all([
    assert.rejects(failing, { name: "LibraryError" }),
    assert.rejects(other, /the engine wasm is already running. Received: cpu/),
  ]);
  const [first, ...others] = await Promise.all(calls);
  assert.equal(first!.name, "wasm");
  for (const engine of others) assert.equal(engine, first);
  assert.equal(await useEngine(), first);
});
