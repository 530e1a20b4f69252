import assert from "node:assert/strict";
import { localWorkers } from "../../../lib/distributed/processes/local_workers.ts";

Deno.test("localWorkers() gives each its place in one cluster, and the chief the terminal", () => {
  const workers = localWorkers(3, ["train", "it"]);
  assert.deepEqual(workers.map(({ name }) => name), ["worker 0", "worker 1", "worker 2"]);
  assert.deepEqual(workers.map(({ hasTerminal }) => hasTerminal), [true, false, false]);
  const configs = workers.map(({ env }) => JSON.parse(env!["TF_CONFIG"]!));
  for (const [index, { cluster, task }] of configs.entries()) {
    assert.deepEqual(cluster, { worker: ["127.0.0.1:2222", "127.0.0.1:2223", "127.0.0.1:2224"] });
    assert.deepEqual(task, { type: "worker", index });
    assert.deepEqual(workers[index]!.words, ["train", "it"]);
  }
});
