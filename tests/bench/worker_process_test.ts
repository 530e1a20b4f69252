import assert from "node:assert/strict";
import { FrameworkProcess } from "./worker_process.ts";

const work = { what: "train", precision: "float32", size: 32, batch: 64, hidden: 512 } as const;

/** A worker that does what a few lines of JavaScript say, without a framework. */
async function withWorker(
  code: string,
  use: (worker: FrameworkProcess) => Promise<void>,
): Promise<void> {
  const worker = new FrameworkProcess({ program: Deno.execPath(), words: ["eval", code] });
  try {
    await use(worker);
  } finally {
    await worker.stop();
  }
}

Deno.test("FrameworkProcess passes over what libraries print, and answers one line for each", async () => {
  const code = `console.log("Welcome"); console.log('{"version":"1","parameters":2}');
    console.log('{"seconds":[0.5],"value":2.3}'); setTimeout(() => {}, 60_000)`;
  await withWorker(code, async (worker) => {
    assert.deepEqual(await worker.open(work, 30), { version: "1", parameters: 2 });
    assert.deepEqual(await worker.run(1, 30), { seconds: [0.5], value: 2.3 });
    if (Deno.build.os === "linux") assert.ok((worker.peak().peakBytes ?? 0) > 2 ** 20);
  });
});

Deno.test("FrameworkProcess tells a dead worker's last words", async () => {
  await withWorker(`throw new Error("out of paper")`, async (worker) => {
    await assert.rejects(worker.open(work, 30), {
      name: "DeadWorkerError",
      message: /^ended with status 1: .*out of paper$/,
    });
  });
});

Deno.test("FrameworkProcess tells why a framework cannot, and kills one that takes too long", async () => {
  await withWorker(`console.log('{"cannot":"no bfloat16"}')`, async (worker) => {
    await assert.rejects(worker.open(work, 30), { name: "NotRunError", message: "no bfloat16" });
  });
  await withWorker("setTimeout(() => {}, 60_000)", async (worker) => {
    await assert.rejects(worker.run(1, 0.1), { name: "NotRunError", message: /within 0\.1 s/ });
  });
});

Deno.test("FrameworkProcess refuses a loss that is not finite", async () => {
  await withWorker(`console.log('{"seconds":[1],"value":null}')`, async (worker) => {
    await assert.rejects(worker.run(1, 30), { name: "DeadWorkerError", message: /no number/ });
  });
});
