import assert from "node:assert/strict";
import { prefetched } from "../../../lib/data/pipeline/prefetched.ts";

/** Yields 0, 1 and 2, and logs what it does; at `fails`, it throws instead. */
async function* source(log: string[], fails?: number): AsyncGenerator<number, void, void> {
  try {
    for (let value = 0; value < 3; value++) {
      log.push(`makes ${value}`);
      if (value === fails) throw new Error(`no ${value}`);
      await Promise.resolve();
      yield value;
    }
  } finally {
    log.push("ends");
  }
}

Deno.test("prefetched() makes the next value while one is in use, in the order of the source", async () => {
  const log: string[] = [];
  for await (const value of prefetched(source(log))) log.push(`uses ${value}`);
  assert.deepEqual(log, [
    ...["makes 0", "makes 1", "uses 0", "makes 2", "uses 1", "ends", "uses 2"],
  ]);
});

Deno.test("prefetched() throws an error after the values before it", async () => {
  const log: string[] = [];
  await assert.rejects(async () => {
    for await (const value of prefetched(source(log, 1))) log.push(`uses ${value}`);
  }, { message: "no 1" });
  assert.deepEqual(log, ["makes 0", "makes 1", "ends", "uses 0"]);
});

Deno.test("prefetched() ends its source where the caller stops, also if the next value fails", async () => {
  for (const fails of [undefined, 1]) {
    const log: string[] = [];
    for await (const value of prefetched(source(log, fails))) {
      log.push(`uses ${value}`);
      break;
    }
    assert.deepEqual(log.toSorted(), ["ends", "makes 0", "makes 1", "uses 0"]);
  }
});
