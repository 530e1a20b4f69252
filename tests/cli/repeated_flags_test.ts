import assert from "node:assert/strict";
import { vgg } from "./support.ts";

/** What is said of a flag that is given again; the last word ends the command before it does anything. */
const cases: [words: string, said: string[]][] = [
  ["--epochs 1 --epochs 2", ["--epochs 1 does not count: --epochs 2 comes after it"]],
  ["--epochs 1 --epochs=2 --epochs 3", [
    "--epochs 1 does not count: --epochs 2 comes after it",
    "--epochs 2 does not count: --epochs 3 comes after it",
  ]],
  ["--batch-norm --no-batch-norm", ["--batch-norm does not count: --no-batch-norm comes after it"]],
  ["--label-columns a,b --label-columns c,d", [
    "--label-columns a,b does not count: --label-columns c,d comes after it",
  ]],
  ["--epochs 2 --epochs 2 --batch-norm --batch-norm", []],
  ["--classes a,b --classes c --classes d", []],
];

for (const [words, said] of cases) {
  Deno.test(`train ${words} says ${said.length} times that a flag does not count`, async () => {
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
  assert.doesNotMatch(ensemble, /does not count/);
  const { err: one } = await vgg(["predict", ...runs, "."]);
  assert.match(one, /^--run \/nowhere\/a does not count: --run \/nowhere\/b comes after it$/m);
});
