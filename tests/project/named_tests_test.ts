import { join } from "@std/path";
import assert from "node:assert/strict";
import { inFolder } from "../in_folder.ts";
import { rowsWithoutTest, testLinks, testNames, wrongTestLinks } from "./named_tests.ts";

const root = join(import.meta.dirname!, "..", "..");

for (const name of ["SECURITY.md", "docs/faults.md", "docs/determinism.md"]) {
  Deno.test(`each row of ${name} names a test, and each test that it names is there`, async () => {
    const page = join(root, name);
    const text = await Deno.readTextFile(page);
    assert.ok(testLinks(text).length > 5);
    assert.deepEqual(await wrongTestLinks(page, text), []);
    assert.deepEqual(rowsWithoutTest(text), []);
  });
}

Deno.test("SECURITY.md says what an attacker can do in rows with a test alone", async () => {
  const text = await Deno.readTextFile(join(root, "SECURITY.md"));
  const part = text.split("## What an attacker can do")[1]!.split(/^## /m)[0]!;
  const sections = part.split(/^### /m).slice(1);
  assert.deepEqual(sections.map((section) => section.split("\n")[0]), [
    "A run's folder",
    "A weights file",
    "A picture or a data set",
    "A server or a package index",
    "An environment variable",
    "A neighbor on the network",
  ]);
  for (const section of sections) {
    assert.ok(section.split("\n").some((line) => /\|\s*test\s*\|$/.test(line)), section);
  }
});

Deno.test("a link to a test that is not there, without a name or in no row is found", () =>
  inFolder(async (folder) => {
    const source = 'Deno.test("one", () => {});\ntestWithX(\n  `two of ${1} and ${{}.a}`,\n);\n' +
      'Deno.test({\n  name: "three",\n});\nconst other = "four";\n';
    await Deno.writeTextFile(join(folder, "a_test.ts"), source);
    assert.deepEqual(testNames(source), ["one", "two of ${1} and ${{}.a}", "three"]);
    const good = '[a](a_test.ts "one") [a](a_test.ts "two of … and x") [a](a_test.ts "three")';
    const bad =
      '[a](a_test.ts) [a](a_test.ts "four") [b](b_test.ts "one") [a](a_test.ts "one more")';
    const page = join(folder, "page.md");
    assert.deepEqual(await wrongTestLinks(page, good), []);
    assert.deepEqual(await wrongTestLinks(page, bad), [
      'a_test.ts has no test ""',
      'a_test.ts has no test "four"',
      'b_test.ts has no test "one"',
      'a_test.ts has no test "one more"',
    ]);
    const table =
      `| what | test |\n| ---- | ---- |\n| x | ${good} |\n| y | none |\n\n| z | none |\n`;
    assert.deepEqual(rowsWithoutTest(table), ["y"]);
  }));
