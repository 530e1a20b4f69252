import assert from "node:assert/strict";
import { join } from "@std/path";
import { type Run } from "../../lib/training/run.ts";
import { train, type TrainOptions } from "../../lib/training/train.ts";
import { testWithTensorFlow } from "../engine/tensorflow/support.ts";
import { inFolder } from "../in_folder.ts";
import { fingerprint } from "./fingerprint.ts";
import { writeTiny } from "./tiny_set.ts";

/** Where a training is ended: after a step of an epoch. */
type Place = readonly [epoch: number, step: number];

/** Trains, and ends and resumes it at each place. */
async function trainInPieces(options: TrainOptions, places: readonly Place[]): Promise<Run> {
  const { run, load } = options;
  let run_ = await trainUntil(options, places[0]);
  for (const [index] of places.entries()) {
    assert.equal(run_.record.status, "interrupted");
    run_ = await trainUntil({
      run: run!,
      resume: true,
      ...(load ? { load } : {}),
      ...(options.cacheDirectory ? { cacheDirectory: options.cacheDirectory } : {}),
    }, places[index + 1]);
  }
  return run_;
}

function trainUntil(options: TrainOptions, place?: Place): Promise<Run> {
  const controller = new AbortController();
  return train({
    ...options,
    signal: controller.signal,
    onStep: ({ epoch, step }) => {
      if (epoch === place?.[0] && step === place[1]) controller.abort();
    },
  });
}

const network = { configuration: "A", inputSize: 32, width: 1 / 16 } as const;

const cases: readonly { name: string; options: TrainOptions; places: readonly Place[] }[] = [
  {
    name: "fast",
    options: { network: { ...network, dropout: 0.2 }, changes: { epochs: 3, batchSize: 8 } },
    places: [[1, 1], [2, 3], [3, 2]],
  },
  {
    name: "paper",
    options: {
      recipe: "paper",
      network: { ...network, width: 1 / 64 },
      scale: [36, 48],
      learningRate: 1e-4,
      changes: { epochs: 5, batchSize: 8, patience: 1 },
    },
    places: [[2, 1], [4, 2]],
  },
  {
    name: "article",
    options: {
      recipe: "article",
      network: { ...network, width: 1 / 64 },
      changes: { epochs: 3, batchSize: 8, earlyStopping: 2 },
    },
    places: [[1, 3], [2, 5]],
  },
];

for (const { name, options, places } of cases) {
  testWithTensorFlow(
    `a run of recipe ${name} that is interrupted and resumed ends as one that is not, to the last bit`,
    () =>
      inFolder(async (folder) => {
        const data = join(folder, "data");
        await writeTiny(data);
        const whole = await train({ data, ...options, run: join(folder, "whole") });
        const pieces = await trainInPieces(
          { data, ...options, run: join(folder, "pieces") },
          places,
        );
        assert.equal(pieces.record.status, "finished");
        assert.equal(pieces.record.resumed?.length, places.length);
        assert.deepEqual(await fingerprint(pieces), await fingerprint(whole));
      }),
  );
}
