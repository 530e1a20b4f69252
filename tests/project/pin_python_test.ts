import { join } from "@std/path";
import assert from "node:assert/strict";
import { projectFolder } from "../../lib/project_folder.ts";
import { readRequirements } from "../../lib/python/requirements.ts";
import { installedBeside, pinned } from "./pin_python.ts";

for (const [folder] of pinned) {
  Deno.test(`${folder}/requirements.txt has hashes for each pin, and no address`, async () => {
    const { asked, pins, path } = await readRequirements(join(projectFolder, folder));
    const text = await Deno.readTextFile(path);
    const [, ...blocks] = text.split(/^(?=[\w.-]+==)/m);
    assert.equal(blocks.length, pins.length);
    for (const block of blocks) {
      assert.match(
        block,
        /^[\w.-]+==[^\s;]+(?: ; [^\n\\]+)? \\\n(?: {4}--hash=sha256:[0-9a-f]{64}(?: \\)?\n)+$/,
      );
    }
    const names = pins.map(({ name, version }) => `${name}==${version}`);
    assert.deepEqual(asked.filter((pin) => !names.includes(pin)), []);
    assert.doesNotMatch(text, /:\/\/|--(?:extra-)?index|--find-links/);
  });
}

for (const [beside, first] of installedBeside) {
  Deno.test(`${beside}, which is installed beside ${first}, pins none of its packages`, async () => {
    const [own, other] = await Promise.all(
      [first, beside].map((folder) => readRequirements(join(projectFolder, folder))),
    );
    const names = own!.pins.map(({ name }) => name);
    assert.deepEqual(other!.pins.filter(({ name }) => names.includes(name)), []);
  });
}
