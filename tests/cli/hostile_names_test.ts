import { join } from "@std/path";
import assert from "node:assert/strict";
import { inFolder } from "../in_folder.ts";
import { writeTiny } from "../training/tiny_set.ts";
import { vgg } from "./support.ts";

// deno-lint-ignore no-control-regex -- none of them may be there.
const controls = /[\x00-\x08\x0b-\x1f\x7f\u202e]/;

/** A name that would change a terminal's title, clear it, and begin a line of its own. */
const name = "r\x1b]0;x\x07\x1b[2J\nevaluation  100 %\u202e";

Deno.test(
  "train, evaluate and figures show control characters and line breaks of names, and forge no line",
  {
    ignore: Deno.build.os === "windows",
  },
  () =>
    inFolder(async (folder) => {
      const [data, run] = [join(folder, "data"), join(folder, "run")];
      await writeTiny(data);
      for (const part of ["train", "val"]) {
        await Deno.rename(join(data, part, "r"), join(data, part, name));
      }
      await Deno.writeTextFile(join(data, "train", name, `${name}.png`), "no image");
      const net = ["--model", "A", "--width", "0.03", "--size", "32", "--epochs", "1"];
      const wasm = ["--engine", "wasm"];
      for (
        const args of [
          ["train", "--data", data, "--run", run, ...net, ...wasm],
          ["evaluate", "--run", run, ...wasm],
          ["figures", "--run", run],
        ]
      ) {
        const { code, out, err } = await vgg(args);
        assert.equal(code, 0, err);
        assert.doesNotMatch(out, controls);
        assert.doesNotMatch(err, controls);
        assert.doesNotMatch(`${out}\n${err}`, /^evaluation +100 %/m);
        if (args[0] === "train") assert.ok(out.includes("r\\x1b]0;x"), out);
      }
    }),
);
