import assert from "node:assert/strict";
import { localWorkers } from "../../lib/cluster/local_workers.ts";

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

Deno.test("localWorkers() shares the cores, but leaves to each one and to the user the choice", () => {
  const name = "TF_NUM_INTRAOP_THREADS";
  const before = Deno.env.get(name);
  const threads = (count: number): string => localWorkers(count, [])[0]!.env![name]!;
  try {
    Deno.env.delete(name);
    const cores = navigator.hardwareConcurrency;
    assert.equal(threads(2), String(Math.max(1, Math.floor(cores / 2))));
    assert.equal(threads(2 * cores), "1");
    Deno.env.set(name, "7");
    assert.equal(threads(2), "7");
  } finally {
    if (before === undefined) Deno.env.delete(name);
    else Deno.env.set(name, before);
  }
});
