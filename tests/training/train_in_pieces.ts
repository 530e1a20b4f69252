import assert from "node:assert/strict";
import type { Run } from "../../lib/runs/run.ts";
import { train, type TrainOptions } from "../../lib/training/train.ts";

/** Where a training is interrupted: after a step of an epoch. */
export type Place = readonly [epoch: number, step: number];

/** Trains, and interrupts and resumes it at each place. */
export async function trainInPieces(
  options: TrainOptions & { readonly run: string },
  [first, ...others]: readonly Place[],
): Promise<Run> {
  const { run: directory, cacheDirectory } = options;
  const resume = {
    ...{ run: directory, resume: true },
    ...(cacheDirectory ? { cacheDirectory } : {}),
  };
  let run = await trainUntil(options, first);
  for (const place of [...others, undefined]) {
    assert.equal(run.record.status, "interrupted");
    run = await trainUntil(resume, place);
  }
  return run;
}

/** Trains until the place, or to the end. */
export function trainUntil(options: TrainOptions, place?: Place): Promise<Run> {
  const controller = new AbortController();
  return train({
    ...options,
    signal: controller.signal,
    callbacks: [...options.callbacks ?? [], {
      onStep: ({ epoch, step }) => {
        if (epoch === place?.[0] && step === place[1]) controller.abort();
      },
    }],
  });
}
