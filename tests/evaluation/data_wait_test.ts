import assert from "node:assert/strict";
import { DataWait } from "../../lib/evaluation/data_wait.ts";

/** The share where decoding, computing and the caller's own work move a clock by so much a batch. */
async function shareOf(times: { decode: number; compute: number; use: number }): Promise<number> {
  let clock = 0;
  const wait = new DataWait(() => clock);
  async function* batches(): AsyncGenerator<number, void, void> {
    for (let batch = 0; batch < 3; batch++) {
      await Promise.resolve();
      clock += times.decode;
      yield batch;
    }
  }
  const seen: number[] = [];
  for await (const batch of wait.track(batches())) {
    const computed = await wait.compute(async () => {
      await Promise.resolve();
      clock += times.compute;
      return batch;
    });
    seen.push(computed);
    clock += times.use;
  }
  assert.deepEqual(seen, [0, 1, 2]);
  return wait.share;
}

Deno.test("DataWait is the share of waiting in waiting and computing", async () => {
  assert.equal(new DataWait().share, 0);
  assert.equal(await shareOf({ decode: 1, compute: 3, use: 0 }), 0.25);
  assert.equal(await shareOf({ decode: 0, compute: 3, use: 0 }), 0);
});

Deno.test("DataWait does not count what the caller does between the batches", async () => {
  assert.equal(await shareOf({ decode: 1, compute: 3, use: 100 }), 0.25);
});

Deno.test("DataWait ends the batches where the caller stops, and counts work that fails", async () => {
  let [clock, ended] = [0, false];
  const wait = new DataWait(() => clock);
  async function* batches(): AsyncGenerator<number, void, void> {
    try {
      yield* [1, 2];
    } finally {
      ended = await Promise.resolve(true);
    }
  }
  await assert.rejects(async () => {
    for await (const _ of wait.track(batches())) {
      await wait.compute(() => {
        clock += 2;
        return Promise.reject(new Error("no memory"));
      });
    }
  }, { message: "no memory" });
  assert.deepEqual([ended, wait.share], [true, 0]);
});
