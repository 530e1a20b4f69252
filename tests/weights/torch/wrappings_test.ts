import { join } from "@std/path";
import assert from "node:assert/strict";
import { describeWeights } from "../../../lib/weights/describe.ts";
import { openWeights } from "../../../lib/weights/open_weights.ts";
import { inFolder } from "../../in_folder.ts";
import { counting, renamed, stateDict } from "./tiny_net.ts";
import { PythonObject, type Tensor, writeTorch } from "./write_torch.ts";

const plain = stateDict();
const ordered = (items: ReadonlyMap<unknown, unknown>): PythonObject =>
  new PythonObject("collections", "OrderedDict", [[...items].map(([key, value]) => [key, value])]);

/** What Adam keeps: tensors of the shapes of the weights, by their numbers. */
const optimizer = new Map<string, unknown>([
  [
    "state",
    new Map([...plain.values()].map(({ shape }, index) => [
      `${index}`,
      new Map([["exp_avg", counting(shape)], ["exp_avg_sq", counting(shape)]]),
    ])),
  ],
  ["param_groups", [new Map<string, unknown>([["lr", 1], ["params", [0, 1, 2]]])]],
]);

/** A module as `torch.save(model, PATH)` writes it. */
function moduleOf(tensors: ReadonlyMap<string, Tensor>, name = "VGG"): PythonObject {
  const parts = [...new Set([...tensors.keys()].map((key) => key.split(".")[0]!))];
  const own = [...tensors].filter(([key]) => !key.includes("."));
  const children = parts.filter((part) => !tensors.has(part)).map((part) => {
    const inner = [...tensors].filter(([key]) => key.startsWith(`${part}.`));
    return [part, moduleOf(renamed(new Map(inner), (key) => key.slice(part.length + 1)))] as const;
  });
  const state = new Map<string, unknown>([
    ["training", true],
    ["_parameters", ordered(new Map(own))],
    ["_backward_hooks", ordered(new Map())],
    ["_modules", ordered(new Map(children))],
  ]);
  return new PythonObject("my_models.vgg", name, [], state);
}

/** What usual values beside the weights look like in a pickle. */
const beside: readonly (readonly [string, unknown])[] = [
  ["epoch", 3],
  ["arch", "vgg11"],
  ["best", true],
  ["args", new PythonObject("argparse", "Namespace", [], new Map([["lr", 1]]))],
  ["when", new PythonObject("datetime", "datetime", ["…"])],
  ["path", new PythonObject("pathlib", "PosixPath", ["runs", "a"])],
  ["size", new PythonObject("torch", "Size", [[1, 2]])],
  ["loss", new PythonObject("numpy.core.multiarray", "scalar", ["f8", "…"])],
  ["command", new PythonObject("posix", "system", ["touch hostile_code_ran"])],
];

const wrappings: Readonly<Record<string, unknown>> = {
  "PyTorch's tutorial": new Map<string, unknown>([
    ...beside,
    ["model_state_dict", plain],
    ["optimizer_state_dict", optimizer],
  ]),
  "net": new Map<string, unknown>([...beside, ["net", plain]]),
  "an ordered dictionary": ordered(plain),
  "torch.compile": renamed(plain, (name) => `_orig_mod.${name}`),
  "DataParallel": renamed(plain, (name) => `module.${name}`),
  "DataParallel of the convolutions": renamed(
    plain,
    (name) => name.replace("features.", "features.module."),
  ),
  "Lightning": new Map<string, unknown>([
    ["state_dict", renamed(plain, (name) => `model.${name}`)],
    ["optimizer_states", [optimizer]],
    ["hyper_parameters", new Map([["lr", 1]])],
  ]),
  "a backbone of any name": renamed(plain, (name) => `my.encoder.${name}`),
  "a list": [plain, optimizer],
  "a whole module": moduleOf(plain),
  "a whole module in a checkpoint": new Map<string, unknown>([
    ["model", moduleOf(plain)],
    ...beside,
  ]),
  "an averaged copy before the weights": new Map([
    ["model_ema", renamed(stateDict(true), (name) => name)],
    ["ema", stateDict(true)],
    ["model", plain],
  ]),
  "a loss and an accuracy": new Map<string, unknown>([
    ...plain,
    ["criterion.weight", counting([5])],
    ["metrics.acc.matrix", counting([5, 5, 5])],
  ]),
  "names of another's": renamed(
    plain,
    (name) => name.replace("features.", "stage.conv").replace("classifier.", "linear"),
  ),
  "shared numbers": new Map<string, unknown>([["a", plain], [
    "counts",
    plain.get("classifier.6.bias"),
  ]]),
};

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
