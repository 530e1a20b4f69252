import assert from "node:assert/strict";
import { WriteQueue } from "../../../lib/training/callbacks/write_queue.ts";

Deno.test("WriteQueue writes one file after the other, while its user continues", async () => {
  const queue = new WriteQueue();
  const events: string[] = [];
  for (const [name, time] of [["first", 10], ["second", 0]] as const) {
    queue.add(async () => {
      events.push(`${name} begins`);
      await new Promise((resolve) => setTimeout(resolve, time));
      events.push(`${name} ends`);
    });
  }
  assert.deepEqual(events, []);
  await queue.onEnd();
  assert.deepEqual(events, ["first begins", "first ends", "second begins", "second ends"]);
});

Deno.test("WriteQueue writes nothing after a write that failed, and throws its error", async () => {
  const queue = new WriteQueue();
  queue.add(() => Promise.reject(new Error("the disk is full")));
  queue.add(() => assert.fail("written"));
  await assert.rejects(queue.flush(), /^Error: the disk is full$/);
  queue.add(() => assert.fail("written"));
  await assert.rejects(queue.onEnd(), /^Error: the disk is full$/);
});
