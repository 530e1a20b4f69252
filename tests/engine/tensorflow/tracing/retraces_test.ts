import assert from "node:assert/strict";
import { compile } from "../../../../lib/engine/compile.ts";
import { tf } from "../../../../lib/engine/tf.ts";
import { testWithTensorFlow } from "../support.ts";

const messages: string[] = [];
const onMessage = (line: string): void => void messages.push(line);

function testMessages(name: string, run: () => void): void {
  testWithTensorFlow(name, () => {
    messages.length = 0;
    run();
  }, { onMessage });
}

/** Calls a compiled function twice with a vector of each length. */
function callWith(fn: (x: tf.Tensor) => tf.Tensor, lengths: readonly number[]): void {
  for (const length of lengths) {
    const x = tf.ones([length]);
    for (let call = 0; call < 2; call++) fn(x).dispose();
    x.dispose();
  }
}

testMessages("a function that was retraced five times is reported once, by its name", () => {
  const double = compile(function twice(x: tf.Tensor): tf.Tensor {
    return x.mul(2);
  });
  callWith(double, [1, 2, 3, 4, 5, 1, 2]);
  assert.deepEqual(messages, []);
  callWith(double, [6]);
  const [message] = messages;
  assert.match(message ?? "", /^compile\(\) has retraced twice 5 times, which is slow: /);
  assert.match(message ?? "", /Received at last: float32\[6\]$/);
  callWith(double, [7, 8, 9, 10, 11, 12, 13]);
  assert.deepEqual(messages, [message]);
  double.dispose();
});

testMessages("retraces for other captured tensors count, and each function counts its own", () => {
  let captured = tf.scalar(1);
  const add = compile(() => captured.add(1));
  const other = compile((x: tf.Tensor) => x.add(1));
  for (let call = 0; call < 5; call++) {
    captured.dispose();
    captured = tf.scalar(call);
    add().dispose();
    callWith(other, [call + 1]);
  }
  assert.deepEqual(messages, []);
  captured.dispose();
  captured = tf.scalar(0);
  add().dispose();
  const [message, ...more] = messages;
  assert.match(message ?? "", /retraced a function without a name .* at last: no arguments$/);
  assert.deepEqual(more, []);
  captured.dispose();
  add.dispose();
  other.dispose();
});
