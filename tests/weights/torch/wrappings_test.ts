import { join } from "@std/path";
import assert from "node:assert/strict";
import { describeWeights } from "../../../lib/weights/describe.ts";
import { openWeights } from "../../../lib/weights/open_weights.ts";
import { inFolder } from "../../in_folder.ts";
import { plain, wrappings } from "./wrappings.ts";
import { writeTorch } from "./write_torch.ts";

/** All values of a file by this library's names, and what is said of it. */
async function read(path: string): Promise<{ values: Map<string, number[]>; notes: string[] }> {
  using weights = describeWeights(await openWeights(path));
  const values = new Map<string, number[]>();
  for (const [name, { shape, read }] of weights.arrays) {
    values.set(name, [...shape, ...await read()]);
  }
  return { values, notes: [...weights.notes] };
}

/** The same, of the bare state dictionary. */
async function readPlain(folder: string): Promise<Map<string, number[]>> {
  await writeTorch(join(folder, "plain.pth"), plain);
  return (await read(join(folder, "plain.pth"))).values;
}

Deno.test("openWeights() gives the kernels of a state dictionary TensorFlow's layout", () =>
  inFolder(async (folder) => {
    const values = await readPlain(folder);
    assert.equal(values.size, 22);
    const [height, width, inputs, outputs, ...kernel] = values.get("block1_conv1/kernel")!;
    assert.deepEqual([height, width, inputs, outputs], [3, 3, 3, 2]);
    // At height 1, width 0 and input 2. PyTorch's [out, in, height, width] counts 0, 1, 2 …
    assert.deepEqual(kernel.slice(22, 24), [2 * 9 + 3, 27 + 2 * 9 + 3]);
  }));

for (const [name, value] of Object.entries(wrappings)) {
  for (const legacy of [false, true]) {
    Deno.test(`openWeights() finds the net in ${name}${legacy ? " in the old format" : ""}`, () =>
      inFolder(async (folder) => {
        const path = join(folder, "net.tar");
        await writeTorch(path, value, legacy);
        assert.deepEqual((await read(path)).values, await readPlain(folder));
        await assert.rejects(Deno.stat("hostile_code_ran"), Deno.errors.NotFound);
      }));
  }
}
