import { join } from "@std/path";
import assert from "node:assert/strict";
import { openWeights } from "../../lib/weights/open_weights.ts";
import { inFolder } from "../in_folder.ts";
import { peersPython, runScript, testWithPeers } from "./environment.ts";

/** The kernels and biases of a file's convolutions, by this library's names. */
async function convolutionsOf(path: string): Promise<Map<string, Float32Array>> {
  using weights = await openWeights(path);
  const values = new Map<string, Float32Array>();
  for (const [name, array] of weights.arrays) {
    if (name.startsWith("block")) values.set(name, await array.read());
  }
  return values;
}

testWithPeers(
  "VGG16's convolutions of full width are the same from every format",
  () =>
    inFolder(async (folder) => {
      const python = await peersPython(["keras", "torch", "formats", "graphs"]);
      const printed = await runScript(python, "vgg16_formats.py", folder);
      const [first, ...others]: string[] = JSON.parse(printed.trim().split("\n").at(-1)!);
      const expected = await convolutionsOf(join(folder, first!));
      // Thirteen kernels and biases.
      assert.equal(expected.size, 26);
      assert.equal(others.length, 10);
      for (const file of others) {
        const found = await convolutionsOf(join(folder, file));
        assert.deepEqual([...found.keys()].sort(), [...expected.keys()].sort(), file);
        for (const [name, values] of expected) {
          const other = found.get(name)!;
          assert.equal(other.length, values.length, `${file}, ${name}`);
          assert.ok(values.every((value, at) => value === other[at]), `${file}, ${name}`);
        }
      }
    }),
);
