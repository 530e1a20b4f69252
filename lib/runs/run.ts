import { basename, join } from "@std/path";
import { isFile } from "../data/sources/folders.ts";
import { showAs } from "../display/bundle.ts";
import { oneLine } from "../display/format.ts";
import { tryLock } from "../files/file_lock.ts";
import { makeFolder } from "../files/make_folder.ts";
import { listDir, ReadError } from "../files/read.ts";
import { maxFileBytes, readLimitedText } from "../files/read_limited.ts";
import { isTemporary, removeTemporaries, replaceFile } from "../files/replace_file.ts";
import { mapWriteErrors, requireWritable, toJson, toJsonLines } from "../files/write.ts";
import { runBundle } from "./display/run.ts";
import { digestsFolder } from "./image_digests.ts";
import { readJson, readJsonLines, RunError } from "./json_files.ts";
import { requireOwnFiles } from "./links.ts";
import { type ResultFileName, resultFiles, Results } from "./results.ts";
import type { RunRecord } from "./run_record.ts";
import { runRecordSchema } from "./run_record_schema.ts";
import { type HistoryLine, historyLineSchema } from "./schemas.ts";
import { withSeal, withSeals } from "./seal.ts";

export { RunError };

/** Another process trains in the run's folder. */
export class BusyRunError extends RunError {}

/** A file of a run. */
export type RunFileName = ResultFileName | "record" | "history" | "best" | "last" | "lock" | "note";

/** The files of a run, relative to its folder. */
export const runFiles = {
  record: "run.json",
  history: "history.jsonl",
  best: "weights/best.safetensors",
  last: "weights/last/model.safetensors",
  lock: ".lock",
  note: "note.txt",
  ...resultFiles,
} as const satisfies Readonly<Record<RunFileName, string>>;

/** The files that a {@linkcode Run} writes. */
const ownFiles = [runFiles.history, runFiles.record];

/** Whether a file or folder may be left over from a training that died before its run began. */
function isLeftOver(name: string): boolean {
  const leftOver: readonly string[] = [runFiles.lock, "weights", digestsFolder, runFiles.history];
  return leftOver.includes(name) || ownFiles.some((file) => isTemporary(name, file));
}

/**
 * A run's folder. Training writes it, and everything after training reads nothing else. A notebook cell
 * that ends with a run displays it as a table.
 */
export class Run extends Results {
  #record: RunRecord;

  private constructor(directory: string, record: RunRecord) {
    super(directory);
    this.#record = record;
    showAs(this, runBundle);
  }

  /**
   * Checks that a folder can take a new run: it is missing, empty, or holds only the files of a training
   * that died before its run began.
   *
   * @throws {RunError} If it is not free; {WriteError} if nothing can be written there.
   */
  static async requireFree(directory: string): Promise<void> {
    const names = await namesInRun(directory);
    await requireOwnFiles(directory);
    if (names.includes(runFiles.record)) {
      throw new RunError(
        `there is already a run in ${directory}: continue it with --resume, or choose another folder`,
      );
    }
    const isFree = names.length === 0 || names.includes(runFiles.lock) && names.every(isLeftOver);
    if (isFree) return await requireWritable(directory);
    throw new RunError(
      `a run needs a new or empty folder. Received: ${directory}, which has other files`,
    );
  }

  /**
   * Locks a run's folder for this process, until the lock is disposed of or the process ends.
   *
   * @throws {BusyRunError} If another process holds the lock.
   */
  static async lock(directory: string): Promise<Disposable> {
    const lock = await mapWriteErrors(directory, async () => {
      await makeFolder(directory);
      return await tryLock(join(directory, runFiles.lock));
    });
    if (lock) return lock;
    throw new BusyRunError(`another process is training in ${directory}`);
  }

  /**
   * Starts a run in a new folder.
   *
   * @throws {RunError} If the folder is not free.
   */
  static async create(directory: string, record: Omit<RunRecord, "name">): Promise<Run> {
    await Run.requireFree(directory);
    await Run.removeTemporaries(directory);
    const run = new Run(directory, { name: basename(directory), ...record });
    await replaceFile(run.path("history"), "");
    await run.update({});
    // Read back, so that the record is the same as for a reader, even in the order of its fields.
    return await Run.open(directory);
  }

  /** Removes the temporary files of a process that died while it wrote a run's files. */
  static async removeTemporaries(directory: string): Promise<void> {
    for (const file of ownFiles) await removeTemporaries(directory, file);
  }

  /**
   * Opens the run in a folder.
   *
   * @throws {RunError} If there is no run in the folder, its record is damaged, or a link leads out of it.
   */
  static async open(directory: string): Promise<Run> {
    await requireOwnFiles(directory);
    const path = join(directory, runFiles.record);
    return new Run(directory, await readJson(path, runRecordSchema, maxFileBytes.record));
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
   * Checks that a weights file exists.
   *
   * @throws {RunError} If it does not: no epoch was finished.
   */
  async requireWeights(which: "best" | "last"): Promise<void> {
    if (!await isFile(this.path(which))) {
      throw new RunError(`there is no ${this.path(which)}: no epoch of this run was finished`);
    }
  }

  /** Updates fields of `run.json`. */
  async update(changes: Partial<RunRecord>): Promise<void> {
    this.#record = { ...this.#record, ...changes };
    await replaceFile(this.path("record"), toJson(withSeal(this.#record)));
  }

  /**
   * What the user noted about the run, in `note.txt`; empty without a note.
   *
   * @throws {RunError} or {ReadError} If the file cannot be read.
   */
  async note(): Promise<string> {
    const path = this.path("note");
    try {
      return oneLine((await readLimitedText(path, maxFileBytes.note)).trim());
    } catch (error) {
      if (error instanceof Deno.errors.NotFound) return "";
      if (error instanceof ReadError) throw error;
      throw new RunError(`${path} cannot be read: ${(error as Error).message}`);
    }
  }

  /**
   * Replaces the note; an empty one is removed. It has a file of its own, so that a note about a run that
   * trains is not overwritten with the run's record.
   */
  async writeNote(text: string): Promise<void> {
    const line = oneLine(text.trim());
    if (line !== "") return await replaceFile(this.path("note"), `${line}\n`);
    await mapWriteErrors(this.path("note"), () => Deno.remove(this.path("note"))).catch((error) => {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
    });
  }

  /** Replaces `history.jsonl`. */
  async writeHistory(lines: readonly HistoryLine[]): Promise<void> {
    await replaceFile(this.path("history"), toJsonLines(withSeals(lines)));
  }

  /**
   * Reads the history: a line for each finished epoch.
   *
   * @throws {RunError} If `history.jsonl` is missing or damaged, or lacks epochs of a finished run.
   */
  async history(): Promise<HistoryLine[]> {
    const path = this.path("history");
    const lines = await readJsonLines(path, historyLineSchema, maxFileBytes.lines);
    // Early runs, which have no digests, are read as they are.
    const { epochs = 0, best_sha256: digest } = this.#record.result ?? {};
    if (digest === undefined || lines.length >= epochs) return lines;
    throw new RunError(
      `${path} must have the ${epochs} epochs that ${runFiles.record} says. ` +
        `Received: ${lines.length}; one of the two is damaged`,
    );
  }
}

/** Opens the run in a folder. See {@linkcode Run.open}. */
export function openRun(directory: string): Promise<Run> {
  return Run.open(directory);
}

/**
 * Lists the names in a folder; a missing folder has none.
 *
 * @param rule The beginning of the error message if the path is a file.
 * @throws {RunError} If the path is a file.
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
  if (!isRun && await holds(resultFiles.evaluation)) {
    await requireOwnFiles(directory);
    return new Results(directory);
  }
  return await openRun(directory);
}
