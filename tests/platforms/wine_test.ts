import { join } from "@std/path";
import assert from "node:assert/strict";
import { z } from "zod";
import { readyWine, windowsPath } from "./wine.ts";

const root = join(import.meta.dirname!, "..", "..");
const wine = Deno.env.get("VGG_WINE") ? await readyWine() : "see deno task dev:wine";

const outcome = z.object({
  os: z.string(),
  devices: z.array(z.string()),
  steps: z.array(z.number()),
  refusal: z.string(),
  sums: z.array(z.number()),
  texts: z.array(z.string()),
});

Deno.test({
  name: "the native engine computes, compiles and refuses under Wine, with Deno for Windows" +
    (typeof wine === "string" ? ` (skipped: ${wine})` : ""),
  ignore: typeof wine === "string",
  fn: async () => {
    const { command: [program, ...first], env } = wine as Exclude<typeof wine, string>;
    const { stdout, stderr } = await new Deno.Command(program, {
      args: [
        ...first,
        ...["run", "-A", "--no-check", "--no-lock", "--node-modules-dir=none"],
        ...["--config", windowsPath(join(root, "deno.json"))],
        windowsPath(join(root, "tests", "platforms", "engine_smoke.ts")),
      ],
      env,
      stdin: "null",
    }).output();
    const errors = new TextDecoder().decode(stderr);
    assert.match(new TextDecoder().decode(stdout), /^\{/, errors);
    const found = outcome.parse(JSON.parse(new TextDecoder().decode(stdout)));
    assert.equal(found.os, "windows");
    assert.deepEqual(found.devices, ["CPU"]);
    assert.deepEqual(found.steps, [2.5, 0.625, 0.15625]);
    // Three channels of ones, under those of nine taps that lie in the image.
    assert.deepEqual(
      found.sums,
      [4, 6, 6, 4, 6, 9, 9, 6, 6, 9, 9, 6, 4, 6, 6, 4].map((n) => 3 * n),
    );
    assert.match(
      found.refusal,
      /^MatMul: Matrix size-incompatible: In\[0\]: \[2,3\], In\[1\]: \[4,5\]/,
    );
    assert.deepEqual(found.texts, ["too long for a TF_TString to have it itself", "short"]);
    // Neither TensorFlow's greeting nor a warning.
    assert.doesNotMatch(errors, /oneDNN|cpu_feature_guard|InitializeLog/);
  },
});
