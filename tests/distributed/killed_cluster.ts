import { join } from "@std/path";
import assert from "node:assert/strict";
import { isFile } from "../../lib/data/sources/folders.ts";
import { ownCommand } from "../../lib/distributed/processes/own_command.ts";
import { openRun, type Run, runFiles } from "../../lib/runs/run.ts";
import { resumeArgs } from "../training/killed_run.ts";
import { inCluster, type Order, times, type WorkerEnd } from "./in_cluster.ts";

/** What is trained by how many. */
export interface ClusterRun {
  readonly workers: number;
  /** Of `deno task train`, but for the run's folder. */
  readonly args: readonly string[];
  readonly directory: string;
}

/** Trains a run, or goes on with it, until all workers have ended. */
export async function trainTogether(
  { workers, args, directory }: ClusterRun,
  signal?: Order["signal"],
): Promise<WorkerEnd[]> {
  const hasBegun = await isFile(join(directory, runFiles.record));
  const words = ownCommand([
    ...["train", "--run", directory, "--cluster-timeout", "2"],
    ...(hasBegun ? resumeArgs(args) : args),
  ]);
  return await inCluster({ words: times(workers, words), ...(signal ? { signal } : {}) });
}

/** Trains a run to its end. */
export async function trainToEnd(run: ClusterRun): Promise<Run> {
  for (const { code, err } of await trainTogether(run)) assert.equal(code, 0, err);
  return await openRun(run.directory);
}

/**
 * Whether the signal came while all trained. Then every other worker must have ended within ten seconds,
 * with the status of a broken cluster and a line that names who is lost.
 */
export function requireBroken(ends: readonly WorkerEnd[], victim: number): boolean {
  const others = ends.filter((_, index) => index !== victim);
  if (ends[victim]!.signal === null) return false;
  if (others.some(({ err }) => err.includes("did not come within"))) return false;
  for (const [index, { code, err, seconds }] of ends.entries()) {
    if (index === victim) continue;
    if (code === 0) return false; // All had met for the last time before.
    assert.equal(code, 75, err);
    assert.match(err, /error: .*worker \d+ \(127\.0\.0\.1:\d+\) (is gone|has not answered)/);
    assert.ok(seconds! < 10, `worker ${index} ended after ${seconds} s`);
  }
  return true;
}
