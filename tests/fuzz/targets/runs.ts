import { join } from "@std/path";
import fc from "fast-check";
import { recordedNetwork } from "../../../lib/runs/load_model.ts";
import { openRun, RunError, runFiles } from "../../../lib/runs/run.ts";
import { weightShapes } from "../../../lib/weights/weight_shapes.ts";
import { exampleRecord } from "../../runs/example_record.ts";
import { fileTarget, type Target } from "../target.ts";

const classes = [{ id: "a", name: "a" }, { id: "b", name: "b" }];
const prediction = { id: "val/1.png", actual: 0, predicted: 1, probabilities: [0.25, 0.75] };

/** What a run of two epochs leaves, file by file. */
const files = {
  record: [JSON.stringify({
    name: "tiny",
    ...exampleRecord,
    status: "finished",
    start: { kind: "weights", from: "other", layers: ["block1_conv1"], newLayers: [] },
    result: { epochs: 2, best_epoch: 1, best_val_accuracy: 0.5, seconds: 2, core_seconds: 3 },
  })],
  history: [1, 2].map((epoch) =>
    JSON.stringify({
      ...{ epoch, loss: 1 / epoch, accuracy: 0.5, val_loss: null, val_accuracy: null, lr: 0.1 },
      ...{ seconds: 1, images_per_second: 24, data_wait_seconds: 0 },
    })
  ),
  predictions: [prediction, { ...prediction, predicted: 0 }].map((one) => JSON.stringify(one)),
  evaluation: [JSON.stringify({
    ...{ split: "validation", weights: "best", crops: "center", scales: [32], flip: false },
    ...{ images: 2, loss: 0.5, top1: 0.5, top5: 1, classes, confusion: [[1, 1], [0, 0]] },
    per_class: classes.map((label, index) => ({
      ...label,
      ...{ correct: 1 - index, total: 2 - 2 * index, accuracy: index === 0 ? 0.5 : null },
      interval: [0, 1],
    })),
  })],
  mistakes: [JSON.stringify([{ ...prediction, file: "000.png" }])],
} as const;

type FileName = keyof typeof files;

async function readRun(folder: string, file: FileName): Promise<void> {
  for (const name of Object.keys(files) as FileName[]) {
    if (name === file) continue;
    await Deno.mkdir(join(folder, "mistakes"), { recursive: true });
    await Deno.writeTextFile(join(folder, runFiles[name]), files[name].join("\n") + "\n");
  }
  const run = await openRun(folder);
  weightShapes(recordedNetwork(run.record));
  await run.history();
  const [predictions, evaluation, mistakes] = await Promise.all([
    run.predictions(),
    run.evaluation(),
    run.mistakes(),
  ]);
  for (const { file } of mistakes) {
    if (join(folder, "mistakes", file) !== `${folder}/mistakes/${file}`) {
      throw new Error(`the image ${file} of a mistake lies elsewhere`);
    }
  }
  const { confusion, per_class } = evaluation;
  const sides = [confusion.length, per_class.length, ...confusion.map(({ length }) => length)];
  if (sides.some((side) => side !== evaluation.classes.length)) {
    throw new Error(`an evaluation of ${evaluation.classes.length} classes has ${sides}`);
  }
  for (const { actual, predicted, probabilities } of [...predictions, ...mistakes]) {
    if (!(Math.max(actual, predicted) < probabilities.length)) {
      throw new Error(`class ${actual} or ${predicted} of ${probabilities.length}`);
    }
  }
}

/** Values that are well-formed JSON, and mostly not what is expected. */
const awkward = fc.oneof(
  fc.constantFrom<unknown>(null, -1, 0.5, 1e300, 2 ** 53, "", "..", "../x", true, [], {}, [[]]),
  fc.jsonValue({ maxDepth: 2 }),
);

interface Change {
  readonly line: number;
  readonly node: number;
  readonly how: "replace" | "remove" | "repeat";
  readonly value: unknown;
}

/** Every array and object of a JSON value with each of its keys. */
function nodesOf(value: unknown): { parent: Record<string, unknown>; key: string }[] {
  if (typeof value !== "object" || value === null) return [];
  const parent = value as Record<string, unknown>;
  return Object.keys(parent).flatMap((key) => [{ parent, key }, ...nodesOf(parent[key])]);
}

/** A run's file with one of its values changed: it stays JSON, so that what comes after the parser is tried. */
function changed(lines: readonly string[], { line, node, how, value }: Change): string {
  const values: unknown[] = lines.map((text) => JSON.parse(text));
  const nodes = nodesOf(values[line % lines.length]);
  const { parent, key } = nodes[node % nodes.length]!;
  if (how === "replace") parent[key] = value;
  else if (how === "repeat") {
    if (Array.isArray(parent)) parent.push(parent[Number(key)]);
    else parent[`${key}2`] = parent[key];
  } else if (Array.isArray(parent)) parent.splice(Number(key), 1);
  else delete parent[key];
  return values.map((one) => JSON.stringify(one) + "\n").join("");
}

const changes: fc.Arbitrary<Change> = fc.record({
  line: fc.nat(),
  node: fc.nat(),
  how: fc.constantFrom("replace", "replace", "remove", "repeat"),
  value: awkward,
});

/** Readers of what a run leaves: its bytes changed, and its values. */
export const runTargets: readonly Target[] = (Object.keys(files) as FileName[]).flatMap((name) => [
  fileTarget({
    name: `runs: ${runFiles[name]}`,
    file: runFiles[name],
    files: () => Promise.resolve([new TextEncoder().encode(files[name].join("\n") + "\n")]),
    read: (_, folder) => readRun(folder, name),
    errors: [RunError],
  }),
  {
    name: `runs: ${runFiles[name]}, values`,
    inputs: () => Promise.resolve(changes),
    read: async (change, folder) => {
      await Deno.mkdir(join(folder, "mistakes"), { recursive: true });
      const path = join(folder, runFiles[name]);
      await Deno.writeTextFile(path, changed(files[name], change as Change));
      await readRun(folder, name);
    },
    errors: [RunError],
    names: new RegExp(runFiles[name].replaceAll(".", "\\.")),
  },
]);
