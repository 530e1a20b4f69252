import assert from "node:assert/strict";
import { tf } from "../../../lib/engine/tf.ts";
import { childFlags } from "../../child_flags.ts";
import { assertSameAsCpu, ramp, valuesOn } from "./support.ts";

/** Large enough for all cores, and a prime number of images, which no number of cores divides evenly. */
function convolution(): tf.Tensor[] {
  const images = ramp([11, 12, 12, 16]) as tf.Tensor4D;
  const filter = ramp([3, 3, 16, 24]) as tf.Tensor4D;
  const convolve = (x: tf.Tensor, filter: tf.Tensor): tf.Tensor =>
    tf.conv2d(x as tf.Tensor4D, filter as tf.Tensor4D, 1, "same");
  const y = convolve(images, filter);
  const weights = ramp(y.shape);
  const gradients = tf.grads((x, filter) => convolve(x, filter).mul(weights).sum());
  return [y, ...gradients([images, filter])];
}

Deno.test({
  name: "a convolution on all cores and its gradients equal plain JavaScript's",
  // Workers live for the life of the process.
  sanitizeResources: false,
  sanitizeOps: false,
  fn: () => assertSameAsCpu(convolution),
});

Deno.test("a convolution on all cores is bit-for-bit reproducible", async () => {
  const first = await valuesOn("wasm", convolution);
  assert.deepEqual(await valuesOn("wasm", convolution), first);
});

Deno.test("waiting workers do not keep the process alive", async () => {
  const script = `
    import { useEngine } from "./lib/engine/use_engine.ts";
    import { tf } from "./lib/engine/tf.ts";
    await useEngine({ engine: "wasm" });
    const y = tf.conv2d(tf.ones([8, 16, 16, 32]), tf.ones([3, 3, 32, 32]), 1, "same");
    console.log(y.max().dataSync()[0]);
  `;
  const command = new Deno.Command(Deno.execPath(), {
    args: ["eval", ...childFlags, "--ext=ts", script],
    cwd: new URL("../../../", import.meta.url),
  });
  const { code, stdout } = await command.output();
  assert.equal(code, 0);
  assert.equal(new TextDecoder().decode(stdout), "288\n");
});
