import { join } from "@std/path";
import assert from "node:assert/strict";
import { vgg } from "../cli/support.ts";
import { inFolder } from "../in_folder.ts";

Deno.test("the task demo overwrites nothing without --force, and takes one net", () =>
  inFolder(async (folder) => {
    const page = join(folder, "page.html"), weights = join(folder, "net.safetensors");
    await Deno.writeTextFile(page, "mine");
    await Deno.writeTextFile(weights, "weights");
    await Deno.writeTextFile(join(folder, "net-demo.html"), "mine");
    const cases = [
      [["--run", folder, "--output", page], /page\.html, which exists/],
      [["--weights", weights], /net-demo\.html, which exists/],
      [["--run", folder, "--weights", weights], /--run or from --weights/],
      [["--run", folder, "--precision", "int4"], /int4.*float32, float16, int8/],
    ] as const;
    for (const [flags, words] of cases) {
      const { code, err } = await vgg(["demo", ...flags]);
      assert.equal(code, 2, err);
      assert.match(err, words);
      assert.equal(err.trim().split("\n").length, 1);
    }
    assert.equal(await Deno.readTextFile(page), "mine");
  }));
