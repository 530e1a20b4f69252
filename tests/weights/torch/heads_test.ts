import { join } from "@std/path";
import assert from "node:assert/strict";
import { describeWeights } from "../../../lib/weights/describe.ts";
import { openWeights, type StoredWeights } from "../../../lib/weights/open_weights.ts";
import { inFolder } from "../../in_folder.ts";
import { classifier, counting, features, renamed, stateDict } from "./tiny_net.ts";
import { Tensor, writeTorch } from "./write_torch.ts";

/** Opens a dictionary of tensors from a file. */
function withTensors(
  tensors: ReadonlyMap<string, unknown>,
  work: (weights: StoredWeights) => Promise<void> | void,
): Promise<void> {
  return inFolder(async (folder) => {
    const path = join(folder, "net.pth");
    await writeTorch(path, tensors);
    using weights = await openWeights(path);
    await work(weights);
  });
}

/** timm's names: the hidden layers are convolutions, and the last one has the first name. */
function timmNames(): Map<string, Tensor> {
  const names = { "classifier.0": "pre_logits.fc1", "classifier.3": "pre_logits.fc2" };
  const tensors = new Map<string, Tensor>();
  for (const [name, tensor] of stateDict()) {
    const hidden = Object.entries(names).find(([one]) => name.startsWith(one));
    if (!hidden) tensors.set(name.replace("classifier.6", "head.fc"), tensor);
    else {
      const { shape } = tensor;
      const convolution = shape.length === 2 ? counting([...shape, 1, 1]) : tensor;
      tensors.set(name.replace(...hidden), convolution);
    }
  }
  return tensors;
}

Deno.test("openWeights() reads timm's names in any order like torchvision's", async () => {
  const expected = new Map<string, number[]>();
  await withTensors(stateDict(), async ({ arrays }) => {
    for (const [name, { read }] of arrays) expected.set(name, [...await read()]);
  });
  const names = timmNames();
  const sorted = new Map([...names].sort(([a], [b]) => a < b ? -1 : 1));
  for (const tensors of [names, sorted]) {
    await withTensors(tensors, async ({ arrays, otherHead }) => {
      assert.equal(otherHead, undefined);
      assert.deepEqual(new Set(arrays.keys()), new Set(expected.keys()));
      for (const [name, { read }] of arrays) {
        assert.deepEqual([...await read()], expected.get(name));
      }
    });
  }
});

Deno.test("openWeights() reads batch normalization, skips its counts, and fills in what is left out", () =>
  withTensors(
    new Map([...stateDict(true)].filter(([name]) => !/^features\.(1\.weight|5\.bias)$/.test(name))),
    async (weights) => {
      const { description, arrays } = describeWeights(weights);
      assert.equal(description.network.batchNorm, true);
      assert.equal(description.network.batchNormEpsilon, 1e-5);
      assert.deepEqual([...await arrays.get("block1_conv1_bn/gamma")!.read()], [1, 1]);
      assert.deepEqual([...await arrays.get("block2_conv1_bn/beta")!.read()], [0, 0, 0, 0]);
      assert.deepEqual([...await arrays.get("block2_conv1_bn/moving_variance")!.read()], [
        0,
        1,
        2,
        3,
      ]);
    },
  ));

Deno.test("describeWeights() takes one layer on maps of 1×1 for the small head, and says the size", () =>
  withTensors(
    new Map([...features(), ["classifier.weight", counting([10, 16])]]),
    async (weights) => {
      const { description: { network }, arrays, notes } = describeWeights(weights);
      assert.equal(network.head, "small");
      assert.equal(network.classes, 10);
      assert.deepEqual([...await arrays.get("predictions/bias")!.read()], Array(10).fill(0));
      assert.match(notes.join("\n"), /size of its input: assumed 224 px\. .*--size PX$/);
      const sized = describeWeights(weights, { inputSize: 32 });
      assert.equal(sized.description.network.inputSize, 32);
      assert.deepEqual(sized.notes, []);
    },
  ));

const others: readonly (readonly [string, ReadonlyMap<string, Tensor>, string])[] = [
  [
    "a CIFAR net's three layers of the convolutions' width",
    classifier([[1, 16, 16], [4, 16, 16], [6, 16, 10]]),
    "fully connected 16 → 16 → 16 → 10",
  ],
  ["two layers", classifier([[0, 16, 64], [3, 64, 3]]), "fully connected 16 → 64 → 3"],
  ["four layers", classifier([[0, 16, 128], [3, 128, 128], [6, 128, 64], [8, 64, 3]]), "64 → 3"],
  ["one layer on maps of 7×7", classifier([[0, 784, 3]]), "fully connected 784 → 3"],
  ["inputs that are no maps", classifier([[0, 100, 3]]), "fully connected 100 → 3"],
  [
    "batch normalization between its layers",
    new Map([
      ...classifier(),
      ...renamed(
        new Map(["weight", "bias", "running_mean", "running_var"].map((one) => [
          one,
          counting([128]),
        ])),
        (name) => `classifier.1.${name}`,
      ),
    ]),
    "fully connected 16 → 128 → 128 → 5, batch normalization",
  ],
];

for (const [name, head, words] of others) {
  Deno.test(`openWeights() takes the convolutions of a net whose classifier has ${name}`, () =>
    withTensors(new Map([...features(true), ...head]), (weights) => {
      assert.ok(weights.otherHead?.includes(words), `${weights.otherHead}`);
      assert.ok([...weights.arrays.keys()].every((one) => one.startsWith("block")));
      assert.throws(
        () => describeWeights(weights),
        /^WeightsError: .*net\.pth has a classifier \(fully .*\) that is not a VGG's; .*train --weights/,
      );
      const { notes, arrays } = describeWeights(weights, { top: "optional" });
      assert.match(
        notes.join("\n"),
        /its classifier \(.*\) is not a VGG's: only its convolutions are used/,
      );
      assert.deepEqual(arrays.get("predictions/kernel")?.shape, [16, 1]);
    }));
}

Deno.test("describeWeights() makes two classes of one output by the sigmoid", () =>
  withTensors(
    new Map([...features(), ...classifier([[0, 16, 1]])]),
    async (weights) => {
      const { description, arrays, notes } = describeWeights(weights, { inputSize: 32 });
      assert.deepEqual(description.classes.map(({ name }) => name), ["class 0", "class 1"]);
      assert.deepEqual(
        [...await arrays.get("predictions/kernel")!.read()],
        Array.from({ length: 32 }, (_, index) => index % 2 === 0 ? 0 : (index - 1) / 2),
      );
      assert.deepEqual([...await arrays.get("predictions/bias")!.read()], [0, 0]);
      assert.match(notes.join("\n"), /one output was taken for two classes by the sigmoid/);
    },
  ));

Deno.test("openWeights() says of other nets whose arrays they have", async () => {
  const residual = new Map(["conv1", "layer1.0.conv1", "layer1.0.conv2"].map((name) => [
    `${name}.weight`,
    counting([4, 4, 3, 3]),
  ]));
  await assert.rejects(
    withTensors(residual, () => {}),
    /^WeightsError: .*its arrays \(conv1\.weight, layer1\.0\.conv1\.weight, layer1\.0\.conv2\.weight\) are of no VGG net/,
  );
  const prelu = new Map([...stateDict(), ["features.1.weight", counting([2])]]);
  await assert.rejects(
    withTensors(prelu, () => {}),
    /^WeightsError: .*features\.1\.weight of shape \[2\] does not belong to a VGG net/,
  );
});

Deno.test("describeWeights() reads the mean and the deviation of pixels among the arrays", () => {
  const pixels = (values: number[]): Tensor =>
    new Tensor([1, 3, 1, 1], new Uint8Array(Float32Array.from(values).buffer));
  const tensors = new Map([
    ["normalize.mean", pixels([0.5, 0.25, 1])],
    ["normalize.std", pixels([0.5, 1, 2])],
    ...renamed(stateDict(), (name) => `net.${name}`),
  ]);
  return withTensors(tensors, (weights) => {
    const { description: { normalization }, assumption, notes } = describeWeights(weights);
    assert.deepEqual(normalization.mean, [127.5, 63.75, 255]);
    assert.deepEqual(normalization.deviation, [127.5, 255, 510]);
    assert.equal(assumption, undefined);
    assert.match(notes.join("\n"), /normalize\.mean and normalize\.std/);
  });
});
