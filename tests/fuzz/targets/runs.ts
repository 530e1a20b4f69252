import { join } from "@std/path";
import { z } from "zod";
import { recordedNetwork } from "../../../lib/runs/load_model.ts";
import { openRun, RunError, runFiles } from "../../../lib/runs/run.ts";
import { runRecordSchema } from "../../../lib/runs/run_record_schema.ts";
import {
  evaluationSchema,
  historyLineSchema,
  mistakeSchema,
  predictionSchema,
} from "../../../lib/runs/schemas.ts";
import { weightShapes } from "../../../lib/weights/weight_shapes.ts";
import { exampleRecord } from "../../runs/example_record.ts";
import { fromSchema } from "../models/from_schema.ts";
import { fileTarget, type Target, wholeJson } from "../target.ts";

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

/** The schema of a file, or of each of its lines. */
const schemas: Readonly<Record<FileName, z.ZodType>> = {
  record: runRecordSchema,
  history: historyLineSchema,
  predictions: predictionSchema,
  evaluation: evaluationSchema,
  mistakes: z.array(mistakeSchema),
};

async function readRun(folder: string, file: FileName): Promise<void> {
  await Deno.mkdir(join(folder, "mistakes"), { recursive: true });
  for (const name of Object.keys(files) as FileName[]) {
    if (name === file) continue;
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

/** Readers of what a run leaves. */
export const runTargets: readonly Target[] = (Object.keys(files) as FileName[]).map((name) =>
  fileTarget({
    name: `runs: ${runFiles[name]}`,
    file: runFiles[name],
    seeds: () => Promise.resolve([new TextEncoder().encode(files[name].join("\n") + "\n")]),
    model: fromSchema(schemas[name])
      .map((value) => new TextEncoder().encode(`${JSON.stringify(value)}\n`)),
    json: wholeJson,
    read: (_, folder) => readRun(folder, name),
    errors: [RunError],
  })
);
