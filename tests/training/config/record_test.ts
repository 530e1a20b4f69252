import { join } from "@std/path";
import assert from "node:assert/strict";
import { articleAugmentation, type Augmentation } from "../../../lib/data/augment/mod.ts";
import { OptionError } from "../../../lib/errors.ts";
import { RunError } from "../../../lib/runs/json_files.ts";
import type { RunRecord } from "../../../lib/runs/run_record.ts";
import { runRecordSchema } from "../../../lib/runs/run_record_schema.ts";
import { recordedSettings } from "../../../lib/training/config/from_record.ts";
import { resolveSettings } from "../../../lib/training/config/resolve_settings.ts";
import type { TrainSettings } from "../../../lib/training/config/settings.ts";
import { prepareSetup } from "../../../lib/training/setup.ts";
import { describeSettings, newDirectory } from "../../../lib/training/config/to_record.ts";
import type { Transfer } from "../../../lib/training/init/transfer.ts";

import { inFolder } from "../../in_folder.ts";
import { exampleRecord } from "../../runs/example_record.ts";
import { tinySet } from "../tiny_set.ts";

const transfer: Transfer = {
  network: { configuration: "B", inputSize: 48, head: "small" },
  newLayers: ["predictions"],
  fit: { mode: "crop", size: 48, shortestSide: 55 },
  normalization: { kind: "rescale", mean: [0, 0, 0], deviation: [255, 255, 255] },
};

/** The record of a run with some settings, as it is read from its file. */
function recordOf(settings: TrainSettings, from?: Transfer): RunRecord {
  const described = describeSettings(resolveSettings(settings, tinySet, from), 42);
  const fit = { mode: "stretch", size: described.model.inputSize };
  const data = { ...exampleRecord.data, fit };
  return runRecordSchema.parse(
    JSON.parse(JSON.stringify({ name: "run", ...exampleRecord, ...described, data })),
  );
}

for (const name of ["article", "paper", "fast", "finetune", "features"] as const) {
  Deno.test(`a record of recipe ${name} gives the settings back that it was written from`, () => {
    const isOfWeights = !["article", "paper", "fast"].includes(name);
    const settings = resolveSettings({ recipe: name }, tinySet, isOfWeights ? transfer : undefined);
    const record = recordOf({ recipe: name }, isOfWeights ? transfer : undefined);
    const read = recordedSettings(record);
    const { augmentation, ...recipe } = settings.recipe;
    const { augmentation: readAugmentation, ...readRecipe } = read.recipe;
    assert.deepEqual(readRecipe, recipe);
    const { inputSize } = settings.network;
    assert.deepEqual(readAugmentation(inputSize), augmentation(inputSize));
    assert.equal(read.name, name);
    assert.equal(read.network.configuration, settings.network.configuration);
  });
}

Deno.test("the record of a linear probe holds what has an effect on it", () => {
  const { recipe } = recordOf({ recipe: "features" }, transfer);
  assert.deepEqual(recipe, {
    name: "features",
    epochs: 20,
    batchSize: 64,
    passesPerEpoch: 25,
    weightDecay: { kind: "l2", value: 0.1 },
    labelSmoothing: 0,
    flipAtTest: false,
    fit: "crop",
    normalization: "rescale",
  });
});

Deno.test("recordedSettings() reads the names of runs before 0.2", () => {
  const { recipe, ...record } = recordOf({ recipe: "article" });
  const { passesPerEpoch, normalization: _, ...others } = recipe;
  const { normalization, ...data } = record.data;
  const old = {
    ...record,
    data: { ...data, normalisation: { ...normalization, kind: "standardise" } },
    recipe: {
      ...others,
      passes: passesPerEpoch,
      fit: "squash",
      normalisation: "standardise",
    },
  };
  const parsed = runRecordSchema.parse(old);
  assert.deepEqual(parsed.data.normalization, { ...normalization, kind: "standardize" });
  const read = recordedSettings(parsed);
  assert.deepEqual([read.recipe.passesPerEpoch, read.recipe.fit], [2, "stretch"]);
  assert.equal(read.recipe.normalization, "standardize");
});

const affine = articleAugmentation;
const paper = { kind: "paper", crop: 32, shortestSide: [36, 48], flip: true, colorShift: 0.1 };
const hostileAugmentations: readonly (readonly [object, RegExp])[] = [
  [
    { ...affine, rotation: 1e300 },
    /augmentation\.rotation must be a number from 0 to 360\. .*: 1e\+300$/,
  ],
  [{ ...affine, zoom: 7 }, /augmentation\.zoom must be at least 0 and less than 1\. Received: 7$/],
  [
    { ...affine, widthShift: null },
    /augmentation\.widthShift must be a number from 0 to 1\. .*: null$/,
  ],
  [{ ...affine, shear: -1 }, /augmentation\.shear must be a number from 0 to 89\. Received: -1$/],
  [
    { ...affine, extra: 1 },
    /augmentation must be an augmentation with its own settings alone\. .*"extra":1/,
  ],
  [
    { ...paper, shortestSide: [20, 48] },
    /augmentation\.shortestSide must be from the crop's side on/,
  ],
  [{ ...paper, colorShift: 1e9 }, /augmentation\.colorShift must be a number from 0 to 10\. /],
  [
    { kind: "translate", pixels: 0.5, fill: "zero", flip: true },
    /\.pixels must be a whole number from 0\. /,
  ],
];

Deno.test("recordedSettings() refuses a record that was changed, by the setting's name", () => {
  const record = recordOf({});
  const wrong: [Partial<RunRecord["recipe"]>, RegExp][] = [
    [{ name: "slow" }, /^RunError: the run's recipe must be one of article, .* Received: slow$/],
    [{ epochs: 0 }, /^RunError: .*damaged: recipe\.epochs must be a whole number from 1\. .*: 0$/],
    [{ momentum: "high" }, /recipe\.momentum must be at least 0 and less than 1\. Received: high$/],
    [{ warmth: 3 }, /recipe\.warmth must be left out\. Received: 3$/],
    [
      { augmentation: { kind: "blur" } },
      /recipe\.augmentation\.kind must be one of none, .*: blur$/,
    ],
    ...hostileAugmentations.map(([augmentation, message]): [object, RegExp] => [
      { augmentation },
      message,
    ]),
  ];
  for (const [changes, message] of wrong) {
    const changed = { ...record, recipe: { ...record.recipe, ...changes } };
    assert.throws(() => recordedSettings(changed), (error) => {
      assert.ok(error instanceof RunError);
      assert.match(String(error), message);
      return true;
    });
  }
});

Deno.test("newDirectory() numbers the folders of one second", () =>
  inFolder(async (folder) => {
    const [before, { toISOString }] = [Deno.cwd(), Date.prototype];
    Deno.chdir(folder);
    Date.prototype.toISOString = () => "2026-11-30T12:00:00.000Z";
    try {
      const names: string[] = [];
      for (let run = 0; run < 3; run++) {
        names.push(newDirectory("My set", "A"));
        await Deno.mkdir(names.at(-1)!, { recursive: true });
      }
      const stem = join("runs", "my-set-A-20261130-120000");
      assert.deepEqual(names, [stem, `${stem}-2`, `${stem}-3`]);
    } finally {
      Date.prototype.toISOString = toISOString;
      Deno.chdir(before);
    }
  }));

Deno.test("newDirectory() keeps the letters of every script, and no name is too long", () => {
  assert.match(newDirectory("Größe фото: 猫"), /^runs.größe-фото-猫-\d{8}-\d{6}$/);
  const long = newDirectory("猫".repeat(250), "A-LRN", "bn");
  assert.ok(new TextEncoder().encode(long).length < 200, long);
});

Deno.test("a user's augmentation passes the same checks as a record's", async () => {
  for (const [augmentation, message] of hostileAugmentations) {
    const changes = { augmentation: (): Augmentation => augmentation as Augmentation };
    const settings = resolveSettings({ changes }, tinySet);
    const options = { changes, seed: 1, engine: { engine: "cpu" } } as const;
    await assert.rejects(prepareSetup(options, tinySet, settings), (error) => {
      assert.ok(error instanceof OptionError);
      assert.match(error.message.replace("changes.", "recipe."), message);
      return true;
    });
  }
});
