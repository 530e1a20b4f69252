import { counting, renamed, stateDict } from "./tiny_net.ts";
import { PythonObject, type Tensor } from "./write_torch.ts";

/** The bare state dictionary. */
export const plain = stateDict();
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

/** The same net as programs save it, by what wraps it. */
export const wrappings: Readonly<Record<string, unknown>> = {
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
