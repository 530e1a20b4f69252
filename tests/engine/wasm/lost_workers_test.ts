import assert from "node:assert/strict";
import { childFlags } from "../../child_flags.ts";
import type { Lost } from "./lost_worker_process.ts";

/** Runs the process that loses a worker, for a minute at most. */
async function lose(way: string): Promise<Lost> {
  const script = "tests/engine/wasm/lost_worker_process.ts";
  const command = new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", ...childFlags, script, way],
    cwd: new URL("../../../", import.meta.url),
    signal: AbortSignal.timeout(60_000),
  });
  const { code, stdout, stderr } = await command.output();
  assert.equal(code, 0, new TextDecoder().decode(stderr));
  return JSON.parse(new TextDecoder().decode(stdout));
}

function testOfThreads(name: string, fn: () => Promise<void>): void {
  const ignore = navigator.hardwareConcurrency < 2;
  Deno.test({ name: name + (ignore ? " (skipped: one core)" : ""), ignore, fn });
}

testOfThreads("a product throws if a worker throws, and the next one is correct", async () => {
  const { before, message, after, started: [first, later] } = await lose("throws");
  assert.match(message!, /^a worker of the wasm engine failed: TypeError: /);
  assert.deepEqual([before, after], [[256], [256]]);
  assert.equal(later, first);
});

testOfThreads(
  "a product throws if a worker is terminated, and the next one is correct",
  async () => {
    const { before, message, after } = await lose("terminated in a product");
    assert.equal(message, "a worker of the wasm engine failed: it was terminated");
    assert.deepEqual([before, after], [[256], [256]]);
  },
);

testOfThreads("a product throws if a worker hangs, and the next one is correct", async () => {
  const { before, message, after } = await lose("hangs");
  assert.match(message!, /^a worker of the wasm engine did not answer within \d+ seconds$/);
  assert.deepEqual([before, after], [[256], [256]]);
});

testOfThreads("a worker that was terminated between two products is replaced", async () => {
  const { before, message, after, started: [first, later] } = await lose(
    "terminated between products",
  );
  assert.equal(message, undefined);
  assert.deepEqual([before, after], [[256], [256]]);
  assert.equal(later, first);
});
