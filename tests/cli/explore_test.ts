import { join } from "@std/path";
import assert from "node:assert/strict";
import { plantDuplicates } from "../explore/planted.ts";
import { inFolder } from "../in_folder.ts";
import { vgg } from "./support.ts";

Deno.test("explore prints the facts, warns of a leak, and names the page", () =>
  inFolder(async (folder) => {
    const [data, output] = [join(folder, "data"), join(folder, "page.html")];
    await plantDuplicates(data);
    const { code, out, err } = await vgg(["explore", "--data", data, "--output", output]);
    assert.equal(code, 0, err);
    assert.match(out, /^pictures {4}38 training, 8 validation$/m);
    assert.match(out, /^broken {6}1 file: it is empty$/m);
    assert.match(out, /^duplicates {2}17 pictures show 8 different ones/m);
    assert.ok(out.includes(`page       ${output} (`), out);
    assert.match(err, /^warning {4}LEAK: 2 of 8 validation pictures/m);
    assert.ok((await Deno.stat(join(folder, "explore.json"))).size > 1000);
  }));

Deno.test("explore overwrites nothing without --force", () =>
  inFolder(async (folder) => {
    const data = join(folder, "data");
    await plantDuplicates(data);
    await Deno.writeTextFile(join(folder, "explore.json"), "mine");
    const words = ["explore", "--data", data, "--output", join(folder, "page.html")];
    const refused = await vgg(words);
    assert.equal(refused.code, 2);
    assert.match(refused.err, /^error: nothing is overwritten without --force.*explore\.json/m);
    assert.equal(await Deno.readTextFile(join(folder, "explore.json")), "mine");
    assert.equal((await vgg([...words, "--force"])).code, 0);
    assert.match(await Deno.readTextFile(join(folder, "explore.json")), /^\{/);
  }));

Deno.test("explore takes the classes and the held-out share that train takes", () =>
  inFolder(async (folder) => {
    const data = join(folder, "data");
    await plantDuplicates(data);
    const { code, out, err } = await vgg([
      ...["explore", "--data", join(data, "train"), "--output", join(folder, "page.html")],
      ...["--classes", "bison,basket", "--validation-fraction", "0.5"],
    ]);
    assert.equal(code, 0, err);
    assert.match(out, /^pictures {4}19 training, 19 validation$/m);
    assert.match(err, /^warning {4}LEAK/m);
  }));

Deno.test("explore of a folder that is missing is one line", async () => {
  const { code, err } = await vgg(["explore", "--data", "/nowhere/at/all"]);
  assert.equal(code, 2);
  assert.match(err, /^error: data must be .* Received: \/nowhere\/at\/all\n$/);
});
