import assert from "node:assert/strict";
import { drawn10 } from "../../lib/data/drawn10/mod.ts";
import { asShell, repeatCommand } from "../../lib/report/repeat_command.ts";
import { describeSettings } from "../../lib/training/config/to_record.ts";
import type { RunRecord } from "../../lib/runs/run_record.ts";
import { resolveSettings } from "../../lib/training/config/resolve_settings.ts";
import type { TrainSettings } from "../../lib/training/config/settings.ts";
import { exampleRecord } from "../runs/example_record.ts";

const data = drawn10();

/** The record of a run on drawn10 with some settings. */
function recordOf(settings: TrainSettings, seed = 42): RunRecord {
  const { model, recipe } = describeSettings(resolveSettings(settings, data), seed);
  const { name, classes } = data;
  return {
    ...exampleRecord,
    name: "run",
    data: { ...exampleRecord.data, name, source: name, classes },
    ...{ model, recipe, seed },
  };
}

const always = ["--engine", "cpu", "--precision", "float32"];

const cases: readonly [TrainSettings, readonly string[]][] = [
  [{}, []],
  [{ network: { width: 0.5 } }, ["--width", "0.5"]],
  [{ recipe: "article", changes: { epochs: 3 } }, ["--recipe", "article", "--epochs", "3"]],
  [{ network: { batchNorm: false } }, ["--no-batch-norm"]],
  [
    { recipe: "paper", scale: [73, 146], network: { inputSize: 64, weightDecay: 0.01 } },
    ["--recipe", "paper", "--size", "64", "--scale", "73,146", "--weight-decay", "0.01"],
  ],
  [
    { recipe: "paper", changes: { patience: 2, clipNorm: 1 }, learningRate: 0.02 },
    ["--recipe", "paper", "--learning-rate", "0.02", "--patience", "2", "--clip-norm", "1"],
  ],
];

for (const [settings, flags] of cases) {
  Deno.test(`repeatCommand() gives train ${flags.join(" ")}`, () => {
    const { words, missing } = repeatCommand(recordOf(settings), data);
    assert.deepEqual(words, ["train", ...flags, ...always]);
    assert.deepEqual(missing, []);
  });
}

Deno.test("repeatCommand() names what no flag sets", () => {
  const { missing } = repeatCommand(recordOf({ changes: { momentum: 0.5 } }), data);
  assert.deepEqual(missing, ["recipe, momentum"]);
});

Deno.test("repeatCommand() names data, classes, start and seed where they are others", () => {
  const record = recordOf({}, 7);
  const classes = data.classes.slice(0, 2);
  const start = { kind: "shallow", from: "/runs/a b", layers: [] } as const;
  const own = { ...record, start, data: { ...record.data, source: "/photos", classes } };
  const { words } = repeatCommand(own, data);
  assert.equal(
    asShell(words.filter((word, at) => !/width|epochs|model/.test(words[at - 1] ?? word))),
    "train --data /photos --classes n02909870,n13037406 --shallow '/runs/a b' --seed 7 " +
      "--engine cpu --precision float32",
  );
});

Deno.test("asShell() quotes what a shell would take apart", () => {
  assert.equal(asShell(["a", "b c", "it's", "$(rm)", ""]), `a 'b c' 'it'\\''s' '$(rm)' ''`);
});
