import { join } from "@std/path";
import type { ClassLabel } from "../../lib/data/dataset.ts";
import { openAnyDataset } from "../../lib/data/open_dataset.ts";
import { prepareImages } from "../../lib/data/pipeline/prepared_split.ts";
import { summarize } from "../../lib/evaluation/metrics/summarize.ts";
import { writeImageDigests } from "../../lib/runs/image_digests.ts";
import type { Run } from "../../lib/runs/run.ts";
import type { RunRecord } from "../../lib/runs/run_record.ts";
import { makeRun, threeClasses } from "./example_runs.ts";

const fit = { mode: "stretch", size: 32 } as const;

/** Writes class folders with noisy images, which no two are alike: one for training, and some for validation. */
export async function writePictures(
  folder: string,
  classes: readonly ClassLabel[],
  each = 4,
): Promise<void> {
  const { default: sharp } = await import("sharp");
  let seed = 1;
  for (const { id } of classes) {
    for (const [part, count] of [["train", 1], ["val", each]] as const) {
      await Deno.mkdir(join(folder, part, id), { recursive: true });
      for (let index = 0; index < count; index++) {
        const data = Uint8Array.from({ length: 60 * 40 * 3 }, () => {
          seed = seed * 48271 % 2147483647;
          return seed % 256;
        });
        await sharp(data, { raw: { width: 60, height: 40, channels: 3 } }).png()
          .toFile(join(folder, part, id, `${index}.png`));
      }
    }
  }
}

/**
 * Makes a run that was evaluated on a folder of images: of each class, the first image is taken for the next
 * class with probability 0.65, and the others are right with 0.8.
 */
export async function makePicturedRun(
  directory: string,
  source: string,
  changes: Partial<RunRecord> = {},
  classes: readonly ClassLabel[] = threeClasses,
): Promise<Run> {
  const run = await makeRun(directory, classes, changes);
  const dataset = await openAnyDataset(source, { classes: classes.map(({ id }) => id) });
  await using prepared = await prepareImages(dataset.validation, fit);
  const seen = new Set<number>();
  const predictions = Array.from(prepared.labels, (actual, index) => {
    const predicted = seen.has(actual) ? actual : (actual + 1) % classes.length;
    seen.add(actual);
    const likeliest = actual === predicted ? 0.8 : 0.65;
    const left = Number(((1 - likeliest) / (classes.length - 1)).toPrecision(2));
    const probabilities = classes.map((_, label) => label === predicted ? likeliest : left);
    return { id: prepared.path(index), actual, predicted, probabilities };
  });
  const { digest } = prepared;
  await run.update({
    data: {
      ...run.record.data,
      ...{ name: "pictures", source, fit, validation: predictions.length },
      digests: { train: "0", validation: digest },
    },
  });
  await writeImageDigests(directory, {
    train: new BigUint64Array(),
    validation: prepared.imageDigests,
  });
  await run.writePredictions(predictions);
  await run.writeEvaluation(summarize(predictions, classes, {
    ...{ split: "validation", weights: "best" } as const,
    data: { name: "pictures", source, digest, broken: 0, unknown: 0 },
  }));
  return run;
}
