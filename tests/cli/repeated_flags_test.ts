import assert from "node:assert/strict";
import { vgg } from "./support.ts";

/** What is said of a flag that is given again; the last word ends the command before it does anything. */
const cases: [words: string, said: string[]][] = [
  ["--epochs 1 --epochs 2", ["--epochs 1 is replaced by --epochs 2, which comes after it"]],
  ["--epochs 1 --epochs=2 --epochs 3", [
    "--epochs 1 is replaced by --epochs 2, which comes after it",
    "--epochs 2 is replaced by --epochs 3, which comes after it",
  ]],
  ["--batch-norm --no-batch-norm", [
    "--batch-norm is replaced by --no-batch-norm, which comes after it",
  ]],
  ["--label-columns a,b --label-columns c,d", [
    "--label-columns a,b is replaced by --label-columns c,d, which comes after it",
  ]],
  ["--epochs 2 --epochs 2 --batch-norm --batch-norm", []],
  ["--classes a,b --classes c --classes d", []],
];

for (const [words, said] of cases) {
  Deno.test(`train ${words} says ${said.length} times that a flag is replaced`, async () => {
    const { code, err } = await vgg(["train", ...words.split(" "), "--data", "/nowhere"]);
    assert.equal(code, 2);
    const lines = err.trimEnd().split("\n");
    assert.deepEqual(lines.slice(0, -1), said);
    assert.match(lines.at(-1)!, /^error: .*\/nowhere$/);
  });
}

Deno.test("evaluate and predict: a second --run is an ensemble's, or replaces the first aloud", async () => {
  const runs = ["--run", "/nowhere/a", "--run", "/nowhere/b"];
  const { err: ensemble } = await vgg(["evaluate", ...runs]);
  assert.doesNotMatch(ensemble, /is replaced/);
  const { err: one } = await vgg(["predict", ...runs, "."]);
  assert.match(
    one,
    /^--run \/nowhere\/a is replaced by --run \/nowhere\/b, which comes after it$/m,
  );
});
