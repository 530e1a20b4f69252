import assert from "node:assert/strict";
import { messagesOf } from "../../lib/training/sum_together.ts";

const sizes = (...all: number[]): { size: number }[] => all.map((size) => ({ size }));

Deno.test("messagesOf() fills messages from the last tensor to the first", () => {
  const messages = messagesOf(sizes(1, 2, 3, 4), 4 * 7);
  assert.deepEqual(messages, [sizes(4, 3), sizes(2, 1)]);
});

Deno.test("messagesOf() gives a message of its own to what is larger than one", () => {
  assert.deepEqual(messagesOf(sizes(1, 9, 1), 4 * 2), [sizes(1), sizes(9), sizes(1)]);
});
