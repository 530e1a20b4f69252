import assert from "node:assert/strict";
import { vgg } from "./support.ts";

const refused = { VGG_NO_NATIVE: "1" };

Deno.test("setup takes the next engine where native code is refused, and says why, in one line", async () => {
  for (const [args, env] of [[["--no-native"], {}], [[], refused]] as const) {
    const { code, out } = await vgg(["setup", ...args], env);
    assert.equal(code, 0);
    assert.match(
      out,
      /^engine {5}(webgpu|wasm): TensorFlow.* no tensorflow \(native code is refused by .*\n$/,
    );
  }
});

Deno.test("setup ends with status 2 where the engine asked for by name cannot run", async () => {
  const { code, out, err } = await vgg(["setup", "--engine", "tensorflow"], refused);
  assert.equal(code, 2);
  assert.equal(out, "");
  assert.match(err, /^error: native code is refused by --no-native or VGG_NO_NATIVE\n$/);
});
