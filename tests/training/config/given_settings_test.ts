import assert from "node:assert/strict";
import {
  checkSettings,
  givenSettings,
  requireChiefsSettings,
  requireResumable,
  resumableOptions,
  sharedSettings,
} from "../../../lib/training/config/given_settings.ts";
import type { TrainSettings } from "../../../lib/training/config/settings.ts";
import type { TrainOptions } from "../../../lib/training/options.ts";

Deno.test("givenSettings() finds each value with the path that leads to it", () => {
  const options: TrainOptions = {
    data: "photos",
    network: { width: 0.5 },
    changes: { epochs: 3 },
    load: {},
    onMessage: () => {},
  };
  assert.deepEqual(givenSettings(options).map(({ name, given }) => [name, given]), [
    ["data", "photos"],
    ["network.width", 0.5],
    ["changes.epochs", 3],
  ]);
});

Deno.test("checkSettings() says what a setting must be, and what it was", () => {
  const wrong: [unknown, string][] = [
    [
      { recipe: "slow" },
      "recipe must be one of article, paper, fast, cifar, finetune, features. .*: slow",
    ],
    [{ changes: { epochs: 0 } }, "changes.epochs must be a whole number from 1. Received: 0"],
    [{ changes: { batchSize: 1.5 } }, "changes.batchSize must be a whole .* from 1. .*: 1.5"],
    [
      { changes: { labelSmoothing: 1 } },
      "changes.labelSmoothing must be at least 0 and less than 1. Received: 1",
    ],
    [{ changes: { patience: 0 } }, "changes.patience must be a whole number from 1. Received: 0"],
    [
      { changes: { schedule: { kind: "cosine", rate: -1 } } },
      "changes.schedule.rate must be a number above 0. Received: -1",
    ],
    [
      { changes: { unfreezing: [{ until: 1, blocks: 0.5, rate: 1 }] } },
      "changes.unfreezing.0.blocks must be a whole number from 0. Received: 0.5",
    ],
    [{ changes: { epoch: 3 } }, "changes must have no fields but epochs,.*Received: epoch"],
    [{ learningRate: -1 }, "learningRate must be a number above 0. Received: -1"],
    [{ scale: [256, 300.5] }, "scale must be a whole number of pixels, or two .*: 256,300.5"],
    [{ network: { weightDecay: -1 } }, "network.weightDecay must be a number from 0. .*: -1"],
    [{ checkpointMinutes: 0 }, "checkpointMinutes must be a number above 0. Received: 0"],
    [{ load: { classes: "n1" } }, "load.classes must be class ids, or all. Received: n1"],
  ];
  for (const [settings, rule] of wrong) {
    const message = new RegExp(`^${rule}$`);
    assert.throws(() => checkSettings(settings as TrainSettings), { name: "OptionError", message });
  }
});

Deno.test("checkSettings() takes what programs alone can give", () => {
  checkSettings({
    network: { classifierInitializer: { standardDeviation: 0.01 }, convBias: false },
    changes: {
      augmentation: () => ({ kind: "flip" }),
      schedule: { kind: "one-cycle", peak: 0.1, start: 0, rise: 0.5, end: 0 },
      unfreezing: [{ until: 1, blocks: 2, rate: 0.1 }],
    },
    load: { classes: ["a", "b"], validationFraction: 0.5 },
    seed: 0,
  });
});

const process: TrainOptions = {
  run: "runs/mine",
  resume: true,
  checkpointMinutes: 5,
  engine: { engine: "wasm", native: false },
  cacheDirectory: "cache",
  load: { root: "sets" },
};

Deno.test("resumableOptions() keeps what requireResumable() allows but for data, and hooks", () => {
  requireResumable(process);
  const onMessage = (): void => {};
  const options = {
    ...process,
    ...{ data: "photos", seed: 1, network: { width: 0.5 }, changes: { epochs: 2 } },
    load: { root: "sets", perClass: 5 },
    onMessage,
  };
  assert.throws(
    () => requireResumable(options),
    /^OptionError: load.perClass \(--per-class\) cannot/,
  );
  requireResumable({ ...process, data: "photos" });
  assert.deepEqual(resumableOptions(options), { ...process, onMessage });
});

Deno.test("requireChiefsSettings() compares the settings of a run, not those of each machine", () => {
  const options: TrainSettings = {
    ...process,
    ...{ data: "photos", weights: "runs/first", learningRate: 0.1 },
    changes: { batchSize: 8, augmentation: () => ({ kind: "none" }) },
    load: { classes: ["a", "b"] },
  };
  const chief = sharedSettings(options);
  assert.deepEqual(chief, {
    "load.classes": ["a", "b"],
    "changes.batchSize": 8,
    learningRate: 0.1,
  });
  requireChiefsSettings(
    { ...options, data: "elsewhere", engine: {} },
    JSON.parse(JSON.stringify(chief)),
  );
  requireChiefsSettings({}, chief);
  assert.throws(
    () => requireChiefsSettings({ changes: { batchSize: 7 } }, chief),
    /^OptionError: changes\.batchSize \(--batch\) must be the chief's, 8, or not be given\. .*: 7$/,
  );
  assert.throws(
    () => requireChiefsSettings({ seed: 7 }, chief),
    /^OptionError: seed \(--seed\) must be the chief's, the default, or not be given\. .*: 7$/,
  );
});
