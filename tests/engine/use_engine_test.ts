import assert from "node:assert/strict";
import { tf } from "../../lib/engine/tf.ts";
import { useEngine } from "../../lib/engine/use_engine.ts";

Deno.test("useEngine() keeps the process's engine, and refuses another one", async () => {
  const engine = await useEngine({ engine: "wasm" });
  assert.equal(engine.name, "wasm");
  assert.match(engine.reason, /^TensorFlow\.js [\d.]+ in WebAssembly$/);
  assert.equal(tf.getBackend(), "wasm");
  assert.equal(await useEngine(), engine);
  await assert.rejects(
    useEngine({ engine: "cpu" }),
    /the engine wasm is already running. Received: cpu/,
  );
});
