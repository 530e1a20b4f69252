import { basename, join } from "@std/path";
import { showAs } from "../display/bundle.ts";
import { tryLock } from "../files/file_lock.ts";
import { listDir } from "../files/read.ts";
import { isTemporary, removeTemporaries, replaceFile } from "../files/replace_file.ts";
import { mapWriteErrors, requireWritable, toJson, toJsonLines } from "../files/write.ts";
import { readJson, readJsonLines, RunError } from "./json_files.ts";
import { type ResultFileName, resultFiles, Results } from "./results.ts";
import { runBundle } from "./display/run.ts";
import { type HistoryLine, historyLineSchema } from "./schemas.ts";
import { type RunRecord, runRecordSchema } from "./run_record.ts";
import { isFile } from "../data/sources/folders.ts";

export { RunError };

/** Somebody else trains in a run's folder. */
export class BusyRunError extends RunError {}

/** A file of a run. */
export type RunFileName = ResultFileName | "record" | "history" | "best" | "last" | "lock";

/** The files of a run, relative to its folder. */
export const runFiles = {
  record: "run.json",
  history: "history.jsonl",
  best: "weights/best.safetensors",
  last: "weights/last/model.safetensors",
  lock: ".lock",
  ...resultFiles,
} as const satisfies Readonly<Record<RunFileName, string>>;

/** The files that a {@linkcode Run} writes. */
const ownFiles = [runFiles.history, runFiles.record];

/** Whether a training that died before its run began may have left a file or folder. */
function isLeftOver(name: string): boolean {
  const whole: readonly string[] = [runFiles.lock, "weights", runFiles.history];
  return whole.includes(name) || ownFiles.some((file) => isTemporary(name, file));
}

/**
 * A run's folder: training writes it, and everything after training reads only it. It shows itself as the
 * last value of a notebook's cell.
 */
export class Run extends Results {
  #record: RunRecord;

  private constructor(directory: string, record: RunRecord) {
    super(directory);
    this.#record = record;
    showAs(this, runBundle);
  }

  /**
   * Checks that a new run can be put into a folder: one that is new, empty, or holds only what a
   * training left that died before its run began.
   *
   * @throws {RunError} If it cannot; {WriteError} if nothing can be written there.
   */
  static async requireFree(directory: string): Promise<void> {
    const names = await namesInRun(directory);
    if (names.includes(runFiles.record)) {
      throw new RunError(
        `there is a run in ${directory} already: resume goes on with it (--resume), and another one ` +
          `needs a folder of its own`,
      );
    }
    const isFree = names.length === 0 || names.includes(runFiles.lock) && names.every(isLeftOver);
    if (isFree) return await requireWritable(directory);
    throw new RunError(
      `a run needs a folder that is new or empty. Received: ${directory}, which is neither`,
    );
  }

  /**
   * Makes a run's folder this process's alone, until what is given is disposed of or the process ends.
   *
   * @throws {BusyRunError} Where another training has it.
   */
  static async lock(directory: string): Promise<Disposable> {
    const lock = await mapWriteErrors(directory, async () => {
      await Deno.mkdir(directory, { recursive: true });
      return await tryLock(join(directory, runFiles.lock));
    });
    if (lock) return lock;
    throw new BusyRunError(`another process trains in ${directory} right now`);
  }

  /**
   * Starts a run in a new folder.
   *
   * @throws {RunError} Where the folder is not free.
   */
  static async create(directory: string, record: Omit<RunRecord, "name">): Promise<Run> {
    await Run.requireFree(directory);
    await Run.removeTemporaries(directory);
    const run = new Run(directory, { name: basename(directory), ...record });
    await replaceFile(run.path("history"), "");
    await run.update({});
    // As whoever opens it later sees it, to the order of its fields.
    return await Run.open(directory);
  }

  /** Removes what a process left of a run's own files that died while it wrote them. */
  static async removeTemporaries(directory: string): Promise<void> {
    for (const file of ownFiles) await removeTemporaries(directory, file);
  }

  /**
   * Opens the run in a folder.
   *
   * @throws {RunError} If there is no run in the folder, or its record is damaged.
   */
  static async open(directory: string): Promise<Run> {
    const path = join(directory, runFiles.record);
    return new Run(directory, await readJson(path, runRecordSchema));
  }

  /** The content of `run.json`. */
  get record(): RunRecord {
    return this.#record;
  }

  /** The path of a file, which may be missing. */
  override path(file: RunFileName): string {
    return join(this.directory, runFiles[file]);
  }

  /**
   * Checks that a file of weights is there.
   *
   * @throws {RunError} If no epoch left such weights.
   */
  async requireWeights(which: "best" | "last"): Promise<void> {
    const found = await Deno.stat(this.path(which)).then(({ isFile }) => isFile, () => false);
    if (!found) {
      throw new RunError(`there is no ${this.path(which)}: no epoch of this run was finished`);
    }
  }

  /** Changes fields of `run.json`. */
  async update(changes: Partial<RunRecord>): Promise<void> {
    this.#record = { ...this.#record, ...changes };
    await replaceFile(this.path("record"), toJson(this.#record));
  }

  /** Replaces `history.jsonl`. */
  async writeHistory(lines: readonly HistoryLine[]): Promise<void> {
    await replaceFile(this.path("history"), toJsonLines(lines));
  }

  /**
   * Reads the history: a line for each finished epoch.
   *
   * @throws {RunError} If `history.jsonl` is missing or damaged.
   */
  history(): Promise<HistoryLine[]> {
    return readJsonLines(this.path("history"), historyLineSchema);
  }
}

/** Opens the run in a folder. See {@linkcode Run.open}. */
export function openRun(directory: string): Promise<Run> {
  return Run.open(directory);
}

/**
 * What is in a folder, which need not be there.
 *
 * @param rule What the error says of a file in its place.
 */
export async function namesInRun(
  directory: string,
  rule = "a run is a folder",
): Promise<string[]> {
  try {
    return await listDir(directory);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotADirectory)) throw error;
    throw new RunError(`${rule}. Received: the file ${directory}`);
  }
}

/**
 * Opens what a folder holds: a run, or results that were written into a folder of their own, as an
 * ensemble's are.
 *
 * @throws {RunError} Where it holds neither.
 *
 * @example
 * ```ts ignore
 * const { top1, runs } = await (await openResults("runs/D-and-E")).evaluation();
 * ```
 */
export async function openResults(directory: string): Promise<Run | Results> {
  const holds = (file: string): Promise<boolean> => isFile(join(directory, file));
  const isRun = await holds(runFiles.record);
  if (!isRun && await holds(resultFiles.evaluation)) return new Results(directory);
  return await openRun(directory);
}
