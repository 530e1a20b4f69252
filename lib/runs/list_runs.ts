import { basename, join, resolve } from "@std/path";
import { isFile } from "../data/sources/folders.ts";
import { tryLock } from "../files/file_lock.ts";
import { listDir, ReadError } from "../files/read.ts";
import { openRun, type Run, RunError, runFiles } from "./run.ts";
import type { EvaluatedSplit } from "./schemas.ts";

/** A run in a list. */
export interface RunSummary {
  /** The name of its folder. */
  readonly name: string;
  readonly folder: string;
  /** The data set's name. */
  readonly data: string;
  /** The column of the paper's table 1, with `-bn` for batch normalization. */
  readonly net: string;
  /** Finished epochs. */
  readonly epochs: number;
  /** The recipe's epochs. */
  readonly plannedEpochs: number;
  /** `failed` also stands for a training that died. */
  readonly status: "running" | "finished" | "interrupted" | "failed";
  /** The fraction of images whose most probable class is correct; `null` if none were evaluated. */
  readonly top1: number | null;
  /** The images that were evaluated; before that, validation images, of which the best epoch counts. */
  readonly split: EvaluatedSplit | null;
  /** When the run began, as ISO 8601. */
  readonly created: string;
  /** Of all files in the folder. */
  readonly bytes: number;
  /** What the user noted; empty without a note. */
  readonly note: string;
}

/**
 * Opens the runs in a folder, without anything else.
 *
 * @param onDamaged Called with a line for each run that cannot be opened.
 */
export async function openRuns(root: string, onDamaged?: (line: string) => void): Promise<Run[]> {
  const names = await listDir(root);
  const runs = await Promise.all(
    names.map((name) =>
      openRun(join(root, name)).catch(async (error) => {
        if (!(error instanceof RunError || error instanceof ReadError)) throw error;
        if (onDamaged && await isFile(join(root, name, runFiles.record))) onDamaged(error.message);
        return undefined;
      })
    ),
  );
  return runs.filter((run) => run !== undefined);
}

/**
 * Lists the runs in a folder, the newest first. See {@linkcode openRuns}; `onDamaged` is also called for
 * files of a run that are left out because they are damaged.
 */
export async function listRuns(
  root: string,
  onDamaged?: (line: string) => void,
): Promise<RunSummary[]> {
  const runs = await Promise.all(
    (await openRuns(root, onDamaged)).map((run) => summarize(run, onDamaged)),
  );
  return runs.sort((one, other) => one.created < other.created ? 1 : -1);
}

async function summarize(run: Run, onDamaged?: (line: string) => void): Promise<RunSummary> {
  const { directory, record: { created, data, model, recipe, result } } = run;
  const readable = async <T, None>(read: () => Promise<T>, none: None): Promise<T | None> => {
    try {
      return await read();
    } catch (error) {
      if (!(error instanceof RunError || error instanceof ReadError)) throw error;
      onDamaged?.(error.message);
      return none;
    }
  };
  const evaluation = await isFile(run.path("evaluation"))
    ? await readable(() => run.evaluation(), undefined)
    : undefined;
  const epochs = result?.epochs ?? (await readable(() => run.history(), [])).length;
  const best = result?.best_val_accuracy ?? null;
  return {
    name: basename(resolve(directory)), // The record's is that of before a copy.
    folder: directory,
    data: data.name,
    net: `${model.configuration}${model.batchNorm ? "-bn" : ""}`,
    epochs,
    plannedEpochs: recipe.epochs,
    status: await statusOf(run),
    top1: evaluation?.top1 ?? best,
    split: evaluation?.split ?? (best === null ? null : "validation"),
    created,
    bytes: await bytesIn(directory),
    note: await readable(() => run.note(), ""),
  };
}

/** The recorded status; a run that is recorded as running but that no process trains has failed. */
async function statusOf({ record: { status }, directory }: Run): Promise<RunSummary["status"]> {
  if (status !== "running") return status;
  const path = join(directory, runFiles.lock);
  if (!await isFile(path)) return "failed";
  using lock = await tryLock(path);
  return lock ? "failed" : "running";
}

/** The bytes of all files in a folder; links count as nothing. */
async function bytesIn(folder: string): Promise<number> {
  let bytes = 0;
  for await (const { name, isDirectory, isFile } of Deno.readDir(folder)) {
    const path = join(folder, name);
    // A file of a run that trains may be gone by now.
    if (isFile) bytes += await Deno.lstat(path).then(({ size }) => size, () => 0);
    else if (isDirectory) bytes += await bytesIn(path).catch(() => 0);
  }
  return bytes;
}
