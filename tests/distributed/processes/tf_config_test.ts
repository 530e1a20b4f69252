import assert from "node:assert/strict";
import { localWorkers, readTFConfig } from "../../../lib/distributed/processes/tf_config.ts";

/** Returns the `TF_CONFIG` of a process. */
function config(cluster: unknown, type = "worker", index: unknown = 0): string {
  return JSON.stringify({ cluster, task: { type, index } });
}

const two = { worker: ["alpha:2222", "beta:2222"] };
const withChief = { chief: ["alpha:2222"], worker: ["beta:2222", "gamma:2222"] };

Deno.test("readTFConfig() makes worker 0 the chief if there is no other", () => {
  for (const index of [0, 1]) {
    assert.deepEqual(readTFConfig(config(two, "worker", index)), { workers: two.worker, index });
  }
});

Deno.test("readTFConfig() puts a chief before the workers, whose numbers begin with 0", () => {
  const workers = ["alpha:2222", "beta:2222", "gamma:2222"];
  assert.deepEqual(readTFConfig(config(withChief, "chief")), { workers, index: 0 });
  assert.deepEqual(readTFConfig(config(withChief, "worker", 0)), { workers, index: 1 });
  assert.deepEqual(readTFConfig(config(withChief, "worker", 1)), { workers, index: 2 });
});

Deno.test("readTFConfig() returns nothing for a cluster of one process", () => {
  assert.equal(readTFConfig(config({ worker: ["alpha:2222"] })), undefined);
  assert.equal(readTFConfig(config({ chief: ["alpha:2222"] }, "chief")), undefined);
});

Deno.test("readTFConfig() accepts IPv6 addresses, and ignores additional fields", () => {
  const worker = ["[fd00::1]:2222", "[fd00::2]:2222"];
  const text = JSON.stringify({
    cluster: { worker },
    task: { type: "worker", index: 1, trial: "7" },
    rpc_layer: "grpc",
  });
  assert.deepEqual(readTFConfig(text), { workers: worker, index: 1 });
});

/** Texts that are not a cluster, and the reason in the error message. */
const wrong: readonly [string, string][] = [
  ["[]", "value: Invalid input: expected object, received array"],
  ['{"cluster":{}}', "task: Invalid input: expected object, received undefined"],
  [
    '{"task":{"type":"worker","index":0}}',
    "cluster: Invalid input: expected object, received undefined",
  ],
  [
    config({ worker: "alpha:2222" }),
    "cluster.worker: Invalid input: expected array, received string",
  ],
  [config({ worker: ["alpha:2222", "beta"] }), "cluster.worker.1: must be host:port"],
  [config({ worker: [":2222"] }), "cluster.worker.0: must be host:port"],
  [config({ worker: ["alpha:http"] }), "cluster.worker.0: must be host:port"],
  [
    config({ chief: ["alpha:1", "beta:1"] }, "chief"),
    "cluster.chief: Too big: expected array to have <=1 items",
  ],
  [config({ ...two, ps: ["gamma:2222"] }), 'cluster: Unrecognized key: "ps"'],
  [config(two, "evaluator"), 'task.type: Invalid option: expected one of "chief"|"worker"'],
  [config(two, "worker", -1), "task.index: Too small: expected number to be >=0"],
  [config(two, "worker", 0.5), "task.index: Invalid input: expected int, received number"],
  [config(two, "worker", "0"), "task.index: Invalid input: expected number, received string"],
  [
    config({ worker: ["alpha"] }, "ps"),
    'cluster.worker.0: must be host:port; task.type: Invalid option: expected one of "chief"|"worker"',
  ],
];

for (const [text, why] of wrong) {
  Deno.test(`readTFConfig() refuses ${JSON.stringify(text)} in one line`, () => {
    assert.throws(() => readTFConfig(text), {
      name: "OptionError",
      message: `TF_CONFIG must be a cluster of workers: ${why}. Received: ${text}`,
    });
  });
}

Deno.test("readTFConfig() rejects invalid JSON with a one-line message, even if the text has several lines", () => {
  for (const [text, received] of [["", ""], ['{"cluster":\n}', '{"cluster": }']] as const) {
    assert.throws(() => readTFConfig(text), (error: Error) => {
      assert.equal(error.name, "OptionError");
      assert.match(error.message, /^TF_CONFIG must be a cluster of workers: .*JSON.*$/);
      assert.ok(error.message.endsWith(`. Received: ${received}`), error.message);
      return true;
    });
  }
});

/** Tasks that a cluster does not have, and their names in the error message. */
const nowhere: readonly [string, string][] = [
  [config(two, "worker", 2), "worker 2 of alpha:2222, beta:2222"],
  [config(two, "chief"), "chief 0 of alpha:2222, beta:2222"],
  [config(withChief, "chief", 1), "chief 1 of alpha:2222, beta:2222, gamma:2222"],
  [config(withChief, "worker", 2), "worker 2 of alpha:2222, beta:2222, gamma:2222"],
  [config({}), "worker 0 of none"],
];

for (const [text, place] of nowhere) {
  Deno.test(`readTFConfig() refuses to be ${place}`, () => {
    assert.throws(() => readTFConfig(text), {
      name: "OptionError",
      message: `TF_CONFIG: the task must be in the cluster. Received: ${place}`,
    });
  });
}

Deno.test("readTFConfig() rejects duplicate addresses", () => {
  const twice = [
    config({ worker: ["alpha:2222", "beta:2222", "beta:2222"] }),
    config({ chief: ["beta:2222"], worker: ["alpha:2222", "beta:2222"] }),
  ];
  for (const text of twice) {
    assert.throws(() => readTFConfig(text), {
      name: "OptionError",
      message: "TF_CONFIG: addresses must differ. Received: beta:2222, more than once",
    });
  }
});

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
