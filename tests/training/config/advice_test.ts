import assert from "node:assert/strict";
import { adviseOptions } from "../../../lib/training/config/advice.ts";

Deno.test("adviseOptions() replaces flags by options with their values", () => {
  const cases: readonly (readonly [string, string])[] = [
    ["Half of that may fit: --batch 8", "Half of that may fit: changes: { batchSize: 8 }"],
    [
      "(--epochs 20, or a smaller --batch)",
      "(changes: { epochs: 20 }, or a smaller changes.batchSize)",
    ],
    ["clipped gradients (--clip-norm 1) with", "clipped gradients (changes: { clipNorm: 1 }) with"],
    ["with --initializer he or from", 'with network: { initializer: "he" } or from'],
    ["a net (--shallow RUN), or", 'a net (initFromShallow: "RUN"), or'],
    ["or --batch-norm", "or network: { batchNorm: true }"],
    ["below 0.01 (--learning-rate), clipped", "below 0.01 (learningRate), clipped"],
    ["weights (--weights) or", "weights (weights) or"],
    [
      "--head small, --size 64 or --width 0.5",
      'network: { head: "small" }, network: { inputSize: 64 } or network: { width: 0.5 }',
    ],
    ["by --no-native or X", "by engine: { native: false } or X"],
    ["--split validation measures", 'split: "validation" measures'],
    ["all the same: --allow-overlap", "all the same: allowOverlap: true"],
    ["where they are: --resume --data PATH", 'where they are: resume: true data: "PATH"'],
  ];
  for (const [message, expected] of cases) assert.equal(adviseOptions(message), expected);
});

Deno.test("adviseOptions() leaves commands, unknown flags and other dashes alone", () => {
  for (
    const message of [
      "get it with: deno task data article --accept-terms",
      "create it with: deno task evaluate --run DIR",
      "--explain of predict",
      "images -- all of them",
      "the loss is 2.302, a-b",
    ]
  ) assert.equal(adviseOptions(message), message);
});

Deno.test("adviseOptions() knows every flag that the library's warnings and errors advise", async () => {
  const found: string[] = [];
  for (const folder of ["training", "evaluation", "data", "engine"]) {
    await visit(new URL(`../../../lib/${folder}/`, import.meta.url), (text) => {
      // Text of messages only: not the table of flags, comments or arguments of programs.
      for (const [line] of text.matchAll(/^(?!\s*(\/?\*|\/\/)).*["`].*--[a-z].*$/gm)) {
        if (
          /setting\(|deno task|nvidia-smi|^\s*"--|"--[a-z-]+"|--no-deps|raw"|--unstable-webgpu/
            .test(line)
        ) continue;
        found.push(line.trim());
      }
    });
  }
  assert.ok(found.length >= 10, `${found.length} lines found`);
  const kept = found.filter((line) => /--[a-z]/.test(adviseOptions(line.replaceAll("`", ""))));
  assert.deepEqual(kept, []);
});

async function visit(folder: URL, read: (text: string) => void): Promise<void> {
  for await (const { name, isDirectory } of Deno.readDir(folder)) {
    if (isDirectory) await visit(new URL(`${name}/`, folder), read);
    else if (name.endsWith(".ts")) read(await Deno.readTextFile(new URL(name, folder)));
  }
}
