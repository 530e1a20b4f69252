import assert from "node:assert/strict";
import { useEngine } from "../../lib/engine/use_engine.ts";
import { testWithTensorFlow } from "./tensorflow/support.ts";

testWithTensorFlow("useEngine() refuses a cluster where the engine computes alone", async () => {
  const engine = await useEngine({ engine: "tensorflow" });
  const cluster = { workers: ["alpha:2222", "beta:2222"], index: 1 };
  await assert.rejects(useEngine({ cluster }), {
    message: "the engine tensorflow is already running, without a cluster. " +
      "Received: worker 1 of alpha:2222, beta:2222",
  });
  assert.equal(await useEngine(), engine);
});
