import { Command } from "commander";
import assert from "node:assert/strict";
import { addTrainFlags, readTrainFlags, type TrainFlags } from "../../lib/cli/flags/train_flags.ts";

function flagsOf(...words: string[]): TrainFlags {
  const command = addTrainFlags(new Command()).exitOverride()
    .configureOutput({ outputError: () => {} });
  return readTrainFlags(command.parse(words, { from: "user" }));
}

Deno.test("train without flags leaves every setting to its default", () => {
  assert.deepEqual(flagsOf(), {
    options: { engine: { native: true } },
    restarts: 0,
    resumeWords: [],
  });
});

/** Each flag with a value, and the option of `train()` that it gives. */
const cases: readonly [words: readonly string[], option: object][] = [
  [["--data", "2024"], { data: "2024" }],
  [["--classes", "n1,n2"], { load: { classes: ["n1", "n2"] } }],
  [["--classes", "n1"], { load: { classes: ["n1"] } }],
  [["--classes", "1,2"], { load: { classes: ["1", "2"] } }],
  [["--classes", "all"], { load: { classes: "all" } }],
  [["--classes", "Pepper\\,_bell___healthy,Corn"], {
    load: { classes: ["Pepper,_bell___healthy", "Corn"] },
  }],
  [["--classes", "n1,n2", "--classes", "a\\,b"], { load: { classes: ["n1", "n2", "a,b"] } }],
  [["--scale", "256,512", "--scale", "224,256"], { scale: [224, 256] }],
  [["--classes", "Pepper\\,_bell,Rose"], { load: { classes: ["Pepper,_bell", "Rose"] } }],
  [["--classes", "a,b", "--classes", "c"], { load: { classes: ["a", "b", "c"] } }],
  [["--validation-fraction", "0.1"], { load: { validationFraction: 0.1 } }],
  [["--labels", "labels.csv"], { load: { labels: "labels.csv" } }],
  [["--label-columns", "id,breed"], { load: { labelColumns: ["id", "breed"] } }],
  [["--label-columns", "1,2"], { load: { labelColumns: ["1", "2"] } }],
  [["--label-pattern", "{label}.#"], { load: { labelPattern: "{label}.#" } }],
  [["--decode", "streamed"], { decode: "streamed" }],
  [["--per-class", "5"], { load: { perClass: 5 } }],
  [["--model", "A-LRN"], { network: { configuration: "A-LRN" } }],
  [["--batch-norm"], { network: { batchNorm: true } }],
  [["--no-batch-norm"], { network: { batchNorm: false } }],
  [["--width", "0.5"], { network: { width: 0.5 } }],
  [["--size", "64"], { network: { inputSize: 64 } }],
  [["--head", "small"], { network: { head: "small" } }],
  [["--dropout", "0"], { network: { dropout: 0 } }],
  [["--initializer", "he"], { network: { initializer: "he" } }],
  [["--weight-decay", "5e-4"], { network: { weightDecay: 5e-4 } }],
  [["--recipe", "paper"], { recipe: "paper" }],
  [["--epochs", "3"], { changes: { epochs: 3 } }],
  [["--batch", "8"], { changes: { batchSize: 8 } }],
  [["--label-smoothing", "0.1"], { changes: { labelSmoothing: 0.1 } }],
  [["--optimizer", "adam"], { changes: { optimizer: "adam" } }],
  [["--clip-norm", "1"], { changes: { clipNorm: 1 } }],
  [["--early-stopping", "0"], { changes: { earlyStopping: 0 } }],
  [["--patience", "2"], { changes: { patience: 2 } }],
  [["--learning-rate", "0.01"], { learningRate: 0.01 }],
  [["--scale", "256"], { scale: 256 }],
  [["--scale", "256,512"], { scale: [256, 512] }],
  [["--scale", "256,512", "--scale", "300,400"], { scale: [300, 400] }],
  [["--shallow", "runs/A"], { initFromShallow: "runs/A" }],
  [["--init-from-shallow", "runs/A"], { initFromShallow: "runs/A" }],
  [["--weights", "a.h5"], { weights: "a.h5" }],
  [["--new-head"], { newHead: true }],
  [["--preprocessing", "keras"], { preprocessing: "keras" }],
  [["--seed", "7"], { seed: 7 }],
  [["--precision", "float32"], { precision: "float32" }],
  [["--run", "runs/mine"], { run: "runs/mine" }],
  [["--resume"], { resume: true }],
  [["--checkpoint-minutes", "0.5"], { checkpointMinutes: 0.5 }],
  [["--engine", "wasm"], { engine: { engine: "wasm", native: true } }],
  [["--no-native"], { engine: { native: false } }],
  [["--require-native"], { engine: { native: true, requireNative: true } }],
];

for (const [words, option] of cases) {
  Deno.test(`train ${words.join(" ")} gives ${JSON.stringify(option)}`, () => {
    const { options } = flagsOf(...words);
    assert.deepEqual(options, { engine: { native: true }, ...option });
  });
}

Deno.test("every flag of train has a case here", () => {
  const { options } = addTrainFlags(new Command());
  const missing = options.flatMap(({ long, short }) => [long, short])
    .filter((flag) => flag && !cases.some(([[word]]) => word === flag));
  assert.deepEqual(missing, ["--workers", "--restarts", "--cluster-timeout", "--tensorboard"]);
});

Deno.test("train keeps the flags of the process apart, and gives them again for a resume", () => {
  const flags = flagsOf(
    ...["--workers", "2", "--restarts", "3", "--cluster-timeout", "0.5", "--epochs", "4"],
    ...[
      "--data",
      "photos",
      "--run",
      "runs/mine",
      "--engine",
      "tensorflow",
      "--no-native",
      "--require-native",
    ],
  );
  assert.deepEqual([flags.workers, flags.restarts, flags.clusterTimeout], [2, 3, 0.5]);
  assert.deepEqual(flags.resumeWords, [
    ...["--run", "runs/mine", "--engine", "tensorflow", "--no-native", "--require-native"],
    ...["--workers", "2", "--restarts", "3", "--cluster-timeout", "0.5"],
  ]);
  const moved = flagsOf("--resume", "--run", "runs/mine", "--data", "moved");
  assert.deepEqual(moved.resumeWords, ["--data", "moved", "--run", "runs/mine", "--resume"]);
  const resumed = flagsOf("--resume", ...flags.resumeWords);
  assert.deepEqual(resumed.options, {
    run: "runs/mine",
    resume: true,
    engine: { engine: "tensorflow", native: false, requireNative: true },
  });
});

Deno.test("train refuses a value that its setting does not allow", () => {
  const wrong: [string[], RegExp][] = [
    [["--epochs", ""], /^UsageError: --epochs must be a whole number from 1\. Received: $/],
    [["--batch", "1.5"], /^UsageError: --batch must be a whole number from 1\. Received: 1\.5$/],
    [["--width", "Infinity"], /--width must be a number above 0\. Received: Infinity$/],
    [["--scale", "1,2,3"], /--scale must be a whole number of pixels, or two .*: 1,2,3$/],
  ];
  for (const [words, message] of wrong) assert.throws(() => flagsOf(...words), message);
});
