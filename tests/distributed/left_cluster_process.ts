/** Asks for the engine again while it is in the cluster that `TF_CONFIG` names, and after it left. */

import assert from "node:assert/strict";
import { clusterVariable, readTFConfig } from "../../lib/distributed/processes/tf_config.ts";
import { detachCluster, useEngine } from "../../lib/engine/use_engine.ts";

const cluster = { ...readTFConfig(Deno.env.get(clusterVariable)!)!, timeoutMinutes: 1 };
const engine = await useEngine({ cluster });
assert.equal(await useEngine(), engine);
assert.equal(await useEngine({ cluster: { ...cluster, timeoutMinutes: 2 } }), engine);

const { workers, index } = cluster;
const [place, otherPlace] = [index, 1 - index].map((index) =>
  `worker ${index} of ${workers.join(", ")}`
);
await assert.rejects(useEngine({ cluster: { workers, index: 1 - index } }), {
  message: `the engine tensorflow is already running, as ${place}. Received: ${otherPlace}`,
});
const third = { workers: [...workers, "127.0.0.1:9"], index };
await assert.rejects(useEngine({ cluster: third }), /is already running, as worker/);

await detachCluster()!.leave();
await assert.rejects(useEngine({ cluster }), {
  message: `the engine tensorflow is already running, without a cluster. Received: ${place}`,
});
Deno.exit();
