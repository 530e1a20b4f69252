import { join } from "@std/path";
import assert from "node:assert/strict";
import { openDescribedWeights } from "../../../lib/runs/open_net.ts";
import { describeWeights } from "../../../lib/weights/describe.ts";
import { WeightsError } from "../../../lib/weights/errors.ts";
import { openWeights } from "../../../lib/weights/open_weights.ts";
import { inFolder } from "../../in_folder.ts";
import { formulaValues } from "../../peers/formula.ts";
import { zipFile } from "../zip_file.ts";
import {
  type NamedArrays,
  type NumberedArrays,
  type Values,
  writeNamed,
  writeNumbered,
} from "./keras_file.ts";
import {
  average,
  convolution,
  dense,
  functional,
  input,
  layer,
  type LayerJson,
  sequential,
  vgg11,
} from "./model_json.ts";

/** The filters of the convolutions of a VGG11 of width 1/64. */
const filters = [1, 2, 4, 4, 8, 8, 8, 8];

const names = [
  ...["block1_conv1", "block2_conv1", "block3_conv1", "block3_conv2"],
  ...["block4_conv1", "block4_conv2", "block5_conv1", "block5_conv2"],
];

let stream = 0;

function values(...shape: number[]): Values {
  const count = shape.reduce((product, side) => product * side, 1);
  return { shape, data: Float32Array.from(formulaValues(count, stream++)) };
}

/** The kernel and the bias of each convolution, in the net's order. */
const convolutions = filters.map((count, index) => [
  values(3, 3, filters[index - 1] ?? 3, count),
  values(count),
]);
const classifier = [values(8, 3), values(3)];
const net = [...vgg11(), average, dense(3, "softmax")];

/** Asserts that a file has the arrays above; `open` gives the names of its arrays. */
async function assertNet(path: string, withClassifier = true): Promise<void> {
  using weights = await openWeights(path);
  for (const [index, name] of names.entries()) {
    for (const [number, array] of ["kernel", "bias"].entries()) {
      const found = await weights.arrays.get(`${name}/${array}`)!.read();
      assert.deepEqual(found, convolutions[index]![number]!.data, `${name}/${array}`);
    }
  }
  assert.equal(weights.arrays.has("predictions/kernel"), withClassifier);
  if (!withClassifier) return;
  assert.deepEqual(await weights.arrays.get("predictions/kernel")!.read(), classifier[0]!.data);
}

/** Groups of Keras 3 for layers in a container, in the order of HDF5: `conv2d`, `conv2d_1`, `conv2d_10` … */
function numbered(container: string): NumberedArrays {
  return convolutions.map((arrays, index) =>
    [`${container}/conv2d${index === 0 ? "" : `_${index}`}`, arrays] as const
  );
}

/** The groups of a nested base and its classifier in Keras 3. */
const nested = [...numbered("layers/functional/layers"), ["layers/dense", classifier]] as const;

const nestedModel = sequential([
  ...[input(64, 64, 3), layer("Rescaling", { scale: 1 / 127.5, offset: -1 })],
  ...[functional([input(64, 64, 3), ...vgg11()], "vgg11"), average, dense(3, "softmax")],
]);

async function writeArchive(
  path: string,
  groups: NumberedArrays,
  config: unknown,
  compressed = false,
): Promise<void> {
  const hdf5 = `${path}.h5`;
  await writeNumbered(hdf5, groups);
  const text = (json: unknown): Uint8Array => new TextEncoder().encode(JSON.stringify(json));
  const entries = [
    ["metadata.json", text({ keras_version: "3.15.1" })],
    ["config.json", text(config)],
    ["model.weights.h5", await Deno.readFile(hdf5)],
  ] as const;
  await Deno.writeFile(path, zipFile(new Map(entries), { compressed }));
}

Deno.test("openWeights() reads a .keras file with a nested base, and what its configuration says", () =>
  inFolder(async (folder) => {
    const path = join(folder, "net.keras");
    await writeArchive(path, nested, nestedModel);
    await assertNet(path);
    using weights = describeWeights(await openWeights(path));
    const { network, normalization } = weights.description;
    assert.equal(network.inputSize, 64);
    assert.deepEqual(normalization.mean, [127.5, 127.5, 127.5]);
    assert.deepEqual(weights.notes, []);
    assert.equal(weights.assumption, undefined);
  }));

Deno.test("openWeights() reads .keras files that another program compressed", () =>
  inFolder(async (folder) => {
    const path = join(folder, "net.keras");
    await writeArchive(path, nested, nestedModel, true);
    await assertNet(path);
  }));

Deno.test("openWeights() reads .weights.h5 by the numbers of its groups, wherever the layers are", () =>
  inFolder(async (folder) => {
    const path = join(folder, "net.weights.h5");
    for (
      const groups of [
        nested,
        [...numbered("layers"), ["layers/dense", classifier] as const],
        [...numbered("base/layers"), ["layers/dense", classifier] as const],
        [...numbered("_layer_checkpoint_dependencies"), ["layers/dense", classifier] as const],
        [...nested, ["optimizer/layers/conv2d", [values(3, 3, 3, 1)]] as const],
      ]
    ) {
      await writeNumbered(path, groups.toReversed());
      await assertNet(path);
    }
    // More than ten layers, whose order by names is another one.
    const twelve = [1, 1, 2, 2, 4, 4, 4, 8, 8, 8, 8, 8, 8];
    const kernels = twelve.map((count, index) => values(3, 3, twelve[index - 1] ?? 3, count));
    await writeNumbered(
      path,
      kernels.map((kernel, index) => [`layers/conv2d${index === 0 ? "" : `_${index}`}`, [kernel]]),
    );
    using weights = await openWeights(path);
    const last = await weights.arrays.get("block5_conv3/kernel")!.read();
    assert.deepEqual(last, kernels.at(-1)!.data);
  }));

/** Layers of a model with a nested base, whose last block alone is trained: Keras lists it first. */
function partlyFrozen(rename: (name: string) => string): NamedArrays {
  const all = names.map((name, index) =>
    ["kernel:0", "bias:0"].map((array, number) =>
      [`${rename(name)}/${array}`, convolutions[index]![number]!] as const
    )
  );
  return [
    ["vgg11", [...all.slice(-2), ...all.slice(0, -2)].flat()],
    ["average", []],
    ["dense", [["dense/kernel:0", classifier[0]!], ["dense/bias:0", classifier[1]!]]],
  ];
}

function frozenModel(rename: (name: string) => string): LayerJson {
  const base = vgg11((name, count) => [convolution(count, { name: rename(name) })]);
  return sequential([
    ...[functional([input(64, 64, 3), ...base], "vgg11"), average],
    { ...dense(3), config: { ...dense(3).config, name: "dense" } },
  ]);
}

Deno.test("openWeights() puts the layers of a partly frozen base in the order of the model", () =>
  inFolder(async (folder) => {
    const path = join(folder, "net.h5");
    const backwards = (name: string): string => `layer_${99 - names.indexOf(name)}`;
    await writeNamed(path, partlyFrozen(backwards), { config: frozenModel(backwards) });
    await assertNet(path);
    // Without a configuration, the numbers in the names tell the order.
    await writeNamed(path, partlyFrozen((name) => name));
    await assertNet(path);
  }));

Deno.test("openWeights() reads lists of names that are in several attributes", () =>
  inFolder(async (folder) => {
    const path = join(folder, "net.h5");
    const arrays = partlyFrozen((name) => name);
    for (const parts of [2, 3]) {
      await writeNamed(path, arrays, { parts });
      await assertNet(path);
      await writeNamed(path, arrays, { parts, config: frozenModel((name) => name) });
      await assertNet(path);
    }
  }));

Deno.test("openWeights() reads Dense(1) as two classes, and layers without all of their arrays", () =>
  inFolder(async (folder) => {
    const path = join(folder, "net.keras");
    const block = (name: string, count: number): LayerJson[] => [
      convolution(count, { name, use_bias: name === "block2_conv1", activation: "linear" }),
      layer("BatchNormalization", { epsilon: 1e-5, scale: false, center: true }),
      layer("ReLU"),
    ];
    const head = [average, {
      ...dense(1, "sigmoid"),
      config: { ...dense(1, "sigmoid").config, use_bias: false },
    }];
    const normalizations = filters.map((count) => [values(count), values(count), values(count)]);
    const kernel = values(8, 1);
    await writeArchive(path, [
      ...numbered("layers").map(([name, arrays], index) =>
        [name, index === 1 ? arrays : arrays.slice(0, 1)] as const
      ),
      ...normalizations.map((arrays, index) =>
        [`layers/batch_normalization${index === 0 ? "" : `_${index}`}`, arrays] as const
      ),
      ["layers/dense", [kernel]],
    ], sequential([input(32, 32, 3), ...vgg11(block), ...head]));
    using weights = describeWeights(await openWeights(path));
    const read = (name: string): Promise<Float32Array> => weights.arrays.get(name)!.read();
    assert.equal(weights.description.network.batchNormEpsilon, 1e-5);
    assert.equal(weights.description.network.classes, 2);
    assert.deepEqual([...await read("block3_conv1_bn/gamma")], [1, 1, 1, 1]);
    assert.deepEqual(await read("block3_conv1_bn/beta"), normalizations[2]![0]!.data);
    assert.deepEqual(await read("block3_conv1_bn/moving_variance"), normalizations[2]![2]!.data);
    assert.deepEqual([...await read("block1_conv1/bias")], [0]);
    assert.deepEqual(await read("block2_conv1/bias"), convolutions[1]![1]!.data);
    assert.deepEqual(
      [...await read("predictions/kernel")],
      [...kernel.data].flatMap((weight) => [0, weight]),
    );
    assert.deepEqual([...await read("predictions/bias")], [0, 0]);
    assert.match(weights.notes.join("\n"), /its one output was taken for two classes/);
  }));

Deno.test("openWeights() takes the convolutions of a model with a head of its own, and describes it", () =>
  inFolder(async (folder) => {
    const path = join(folder, "net.keras");
    const head = [values(32, 5), values(5), values(5, 2), values(2)];
    await writeArchive(
      path,
      [
        ...numbered("layers/functional/layers"),
        ["layers/dense", head.slice(0, 2)],
        ["layers/dense_1", head.slice(2)],
      ],
      sequential([
        ...[input(64, 64, 3), functional([input(64, 64, 3), ...vgg11()], "vgg11")],
        ...[
          layer("Flatten"),
          dense(5, "relu"),
          layer("Dropout", { rate: 0.5 }),
          dense(2, "softmax"),
        ],
      ]),
    );
    await assertNet(path, false);
    using weights = await openWeights(path);
    assert.equal(weights.otherHead, "fully connected 32 → 5 → 2");
    assert.throws(() => describeWeights(weights), /fully connected 32 → 5 → 2.*train --weights/);
  }));

Deno.test("openWeights() says what it assumes of a model that is a class of its own", () =>
  inFolder(async (folder) => {
    const path = join(folder, "net.keras");
    await writeArchive(path, nested, { class_name: "Custom>MyVGG", config: {} });
    await assertNet(path);
    using weights = await openWeights(path);
    assert.match(weights.facts.notes!.join(), /class of its own, Custom>MyVGG: the order of its/);
  }));

Deno.test("openWeights() says which layers it leaves out, and what it does not know", () =>
  inFolder(async (folder) => {
    const path = join(folder, "net.keras");
    const before = [
      ...[layer("RandomFlip", { name: "flip" }), layer("Lambda", { name: "code", function: "f" })],
      layer("Resizing", { name: "resize", height: 64, width: 96 }),
    ];
    const base = functional([input(64, 96, 3), ...vgg11()], "vgg11");
    await writeArchive(
      path,
      nested,
      sequential([...[input(80, 80, 3), ...before, base], ...net.slice(-2)]),
    );
    using weights = describeWeights(await openWeights(path));
    assert.match(weights.assumption!, /does not specify its preprocessing: assumed rescale/);
    assert.deepEqual(weights.notes.map((note) => note.slice(path.length)), [
      ": its layer resize (Resizing) is left out: images are resized at once",
      ": its layer flip is left out: images change in training only",
      ": its layer code (Lambda) is left out: the effect on images is not known",
      ": its input of 64×96 px is not square: assumed 64 px",
    ]);
    assert.equal(weights.description.network.inputSize, 64);
  }));

Deno.test("openWeights() refuses .keras files in one line that names the path and the fault", () =>
  inFolder(async (folder) => {
    const path = join(folder, "net.keras");
    const rejects = async (message: RegExp): Promise<void> => {
      await assert.rejects(openWeights(path), (error: Error) => {
        assert.ok(error instanceof WeightsError && error.message.includes(path), `${error.stack}`);
        assert.match(error.message, message);
        return true;
      });
    };
    await Deno.writeFile(path, zipFile(new Map([["metadata.json", new Uint8Array(9)]])));
    await rejects(/must have config\.json and model\.weights\.h5\. Received: metadata\.json/);
    const text = new TextEncoder();
    const damaged = [["config.json", text.encode("{}")], [
      "model.weights.h5",
      text.encode("no"),
    ]] as const;
    await Deno.writeFile(path, zipFile(new Map(damaged)));
    await rejects(/HDF5 cannot open it/);
    await writeArchive(path, nested.slice(1), nestedModel);
    await rejects(
      /layer vgg11\/block1_conv1 must have arrays of ranks 4 1: kernel, bias\. Received: none/,
    );
    await writeArchive(
      path,
      [...nested.slice(0, -1), ["layers/dense", classifier.slice(0, 1)]],
      nestedModel,
    );
    await rejects(/must have arrays of ranks 2 1: kernel, bias\. Received: \[8,3\]/);
    await writeArchive(path, nested, "{");
    await rejects(/its configuration is not that of a model/);
    const hdf5 = await Deno.readFile(`${path}.h5`);
    const entries = [["config.json", text.encode("{")], ["model.weights.h5", hdf5]] as const;
    await Deno.writeFile(path, zipFile(new Map(entries)));
    await rejects(/its configuration is not JSON/);
  }));

Deno.test("openDescribedWeights() reads a folder with what a .keras file holds", () =>
  inFolder(async (folder) => {
    await writeNumbered(join(folder, "model.weights.h5"), nested);
    await Deno.writeTextFile(join(folder, "config.json"), JSON.stringify(nestedModel));
    using weights = await openDescribedWeights(folder);
    assert.equal(weights.description.network.inputSize, 64);
    assert.deepEqual(weights.description.normalization.mean, [127.5, 127.5, 127.5]);
    await assertNet(join(folder, "model.weights.h5"));
  }));

Deno.test("openKeras() reads several arrays at a time", () =>
  inFolder(async (folder) => {
    const path = join(folder, "net.keras");
    await writeArchive(path, nested, nestedModel);
    using weights = await openWeights(path);
    const kernels = await Promise.all(
      names.map((name) => weights.arrays.get(`${name}/kernel`)!.read()),
    );
    assert.deepEqual(kernels, convolutions.map(([kernel]) => kernel!.data));
  }));

Deno.test("openDescribedWeights() refuses TensorFlow's checkpoints, and says how to save others", () =>
  inFolder(async (folder) => {
    const files = ["cp.index", "cp.data-00000-of-00001", "checkpoint"].map((file) =>
      join(folder, file)
    );
    for (const path of files) await Deno.writeTextFile(path, "a checkpoint");
    // Keras itself takes the name without an ending.
    for (const path of [...files, join(folder, "cp"), folder]) {
      await assert.rejects(
        openDescribedWeights(path),
        /^WeightsError: .*checkpoint of TensorFlow, .*save_weights\('NAME\.weights\.h5'\)/,
      );
    }
  }));
