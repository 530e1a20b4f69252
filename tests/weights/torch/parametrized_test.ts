import { join } from "@std/path";
import assert from "node:assert/strict";
import { describeWeights } from "../../../lib/weights/describe.ts";
import { openWeights } from "../../../lib/weights/open_weights.ts";
import { withoutParametrizations } from "../../../lib/weights/torch/parametrized.ts";
import { type RowArray, rowArray } from "../../../lib/weights/weights_file.ts";
import { inFolder } from "../../in_folder.ts";
import { counting, renamed, stateDict } from "./tiny_net.ts";
import { Tensor, writeTorch } from "./write_torch.ts";

function array(shape: readonly number[], values: readonly number[]): RowArray {
  return rowArray(
    shape,
    (start, count) => Promise.resolve(Float32Array.from(values.slice(start, start + count))),
  );
}

/** A tensor of ones, but for some places. */
function ones(shape: readonly number[], zeroAt: readonly number[]): Tensor {
  const { length } = new Float32Array(counting(shape).bytes.buffer);
  const values = Float32Array.from({ length }, (_, index) => zeroAt.includes(index) ? 0 : 1);
  return new Tensor(shape, new Uint8Array(values.buffer));
}

const norms = {
  "weight_norm before PyTorch 2": ["c.weight_g", "c.weight_v"],
  "weight_norm": ["c.parametrizations.weight.original0", "c.parametrizations.weight.original1"],
} as const;
for (const [kind, [lengths, directions]] of Object.entries(norms)) {
  Deno.test(`withoutParametrizations() gives a direction its length: ${kind}`, async () => {
    const plain = withoutParametrizations(
      new Map([
        ["c.bias", array([2], [5, 6])],
        [lengths, array([2, 1], [10, 1])],
        [directions, array([2, 3], [3, 0, 4, 0, -2, 0])],
      ]),
    );
    assert.deepEqual([...plain.keys()], ["c.bias", "c.weight"]);
    const weight = plain.get("c.weight")!;
    assert.deepEqual(weight.shape, [2, 3]);
    assert.deepEqual([...await weight.read()], [6, 0, 8, 0, -1, 0]);
    assert.deepEqual([...await weight.rows(1, 2)], [0, -1, 0]);
  });
}

Deno.test("openWeights() reads a net that is pruned", () =>
  inFolder(async (folder) => {
    const path = join(folder, "pruned.pth");
    const [plain, name] = [stateDict(), "features.3.weight"];
    const pruned = renamed(plain, (one) => one === name ? `${name}_orig` : one);
    await writeTorch(path, new Map([...pruned, [`${name}_mask`, ones([4, 2, 3, 3], [1, 20])]]));
    using weights = describeWeights(await openWeights(path));
    assert.equal(weights.arrays.size, 22);
    const { shape, read } = weights.arrays.get("block2_conv1/kernel")!;
    assert.deepEqual(shape, [3, 3, 2, 4]);
    // The numbers 0, 1, 2 … in PyTorch's order [4, 2, 3, 3], of which 1 and 20 are pruned.
    const kept = [...await read()].sort((a, b) => a - b);
    const all = Array.from({ length: 72 }, (_, index) => index === 1 || index === 20 ? 0 : index);
    assert.deepEqual(kept, all.sort((a, b) => a - b));
    assert.deepEqual(weights.notes.filter((note) => /left out/.test(note)), []);
  }));

Deno.test("openWeights() says that a weight of spectral normalization is not read, and what to do", () =>
  inFolder(async (folder) => {
    const path = join(folder, "spectral.pth");
    const name = "features.3.weight";
    await writeTorch(path, renamed(stateDict(), (one) => one === name ? `${name}_orig` : one));
    await assert.rejects(
      openWeights(path),
      /^WeightsError: .*spectral\.pth does not hold a VGG net: features\.3\.weight_orig is no weight, .*remove_parametrizations\(\)/,
    );
  }));
