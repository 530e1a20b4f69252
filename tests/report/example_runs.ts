import { join } from "@std/path";
import type { ClassLabel } from "../../lib/data/dataset.ts";
import { summarize } from "../../lib/evaluation/metrics/summarize.ts";
import { Run } from "../../lib/runs/run.ts";
import type { RunRecord } from "../../lib/runs/run_record.ts";
import type { Prediction } from "../../lib/runs/schemas.ts";
import { fakeHistory, redImage } from "../figures/support.ts";
import { exampleRecord } from "../runs/example_record.ts";

/** Classes with harmless names. */
export const threeClasses: readonly ClassLabel[] = ["bison", "titi", "siamang"].map((name) => ({
  id: name,
  name,
}));

/** Of four images a class, one is taken for the next class. */
export function predictionsOf(classes: readonly ClassLabel[]): Prediction[] {
  return classes.flatMap(({ id }, actual) =>
    Array.from({ length: 4 }, (_, index): Prediction => {
      const predicted = index === 0 ? (actual + 1) % classes.length : actual;
      const left = 0.3 / (classes.length - 1);
      return {
        id: `${id}/${index}.png`,
        actual,
        predicted,
        probabilities: classes.map((_, label) => label === predicted ? 0.7 : left),
      };
    })
  );
}

/** Makes a run that nobody trained, evaluated, with everything that a report reads but weights. */
export async function makeRun(
  directory: string,
  classes = threeClasses,
  changes: Partial<RunRecord> = {},
): Promise<Run> {
  const predictions = predictionsOf(classes);
  const run = await Run.create(directory, {
    ...exampleRecord,
    status: "finished",
    data: { ...exampleRecord.data, classes, validation: predictions.length },
    model: {
      configuration: "A",
      inputSize: 32,
      classes: classes.length,
      width: 0.25,
      head: "small",
    },
    result: { epochs: 6, best_epoch: 3, best_val_accuracy: 0.4, seconds: 9, core_seconds: 17 },
    ...changes,
  });
  await run.writeHistory(fakeHistory(6));
  await run.writePredictions(predictions);
  await run.writeEvaluation(
    summarize(predictions, classes, { split: "validation", weights: "best" }),
  );
  const image = Uint8Array.fromBase64(redImage.split(",")[1]!);
  const mistakes = predictions.filter(({ actual, predicted }) => actual !== predicted)
    .map((prediction, index) => ({ ...prediction, file: `0${index + 1}.png` }));
  await run.writeMistakes(mistakes, mistakes.map(() => image));
  return run;
}

/** The page of a report without Grad-CAM, for which these runs have no weights. */
export async function pageOf(runs: readonly string[], folder: string): Promise<string> {
  const { writeReport } = await import("../../lib/report/write_report.ts");
  const output = join(folder, "page.html");
  return await Deno.readTextFile(await writeReport(runs, { output, explain: false }));
}
