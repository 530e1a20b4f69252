import { join } from "@std/path";
import assert from "node:assert/strict";
import config from "../deno.json" with { type: "json" };
import { inFolder } from "./in_folder.ts";

const root = join(import.meta.dirname!, "..");

Deno.test("the examples of the README are of the types that the library has", () =>
  inFolder(async (folder) => {
    const text = await Deno.readTextFile(join(root, "README.md"));
    const examples = [...text.matchAll(/^```ts\n(.*?)^```$/gms)].map(([, example]) => example!);
    assert.ok(examples.length >= 3);
    const paths = examples.map((_, index) => join(folder, `example_${index}.ts`));
    for (const [index, example] of examples.entries()) {
      // What is exported counts as used.
      await Deno.writeTextFile(paths[index]!, example.replaceAll(/^const /gm, "export const "));
    }
    const { code, stderr } = await new Deno.Command(Deno.execPath(), {
      args: ["check", "--quiet", "--config", join(root, "deno.json"), ...paths],
      env: { NO_COLOR: "1" },
    }).output();
    assert.equal(code, 0, new TextDecoder().decode(stderr));
  }));

Deno.test("the README lists every entry of the library", async () => {
  const text = await Deno.readTextFile(join(root, "README.md"));
  const listed = [...text.matchAll(/^\| `(vgg[\w/]*)` /gm)].map(([, entry]) => entry!);
  const entries = Object.keys(config.exports).map((entry) => entry.replace(/^\./, "vgg"));
  assert.deepEqual(listed.sort(), entries.sort());
});
