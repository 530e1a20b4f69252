import { join } from "@std/path";
import type { Command } from "commander";
import { statOf } from "../data/sources/listing/list_folder.ts";
import { keepWhole } from "../display/fit_columns.ts";
import { safeJson, showControls } from "../display/foreign_text.ts";
import { megabytes, percent, plural } from "../display/format.ts";
import { plainTable } from "../display/table.ts";
import { listRuns, type RunSummary } from "../runs/list_runs.ts";
import { removeRun, requireRemovable } from "../runs/remove_run.ts";
import { openRun, RunError, runFiles } from "../runs/run.ts";
import { UsageError } from "./errors.ts";
import { userPath } from "./flags/paths.ts";
import { taskCommand } from "./flags/task_command.ts";
import { log, logError, logLines, terminalColumns } from "./progress.ts";
import { commandPrefix } from "../command_line.ts";

const root = "runs";

/**
 * Returns the folder of the newest run in `runs/`.
 *
 * @throws {RunError} If there is none.
 */
export async function latestRun(): Promise<string> {
  let newest: { directory: string; time: number } | undefined;
  try {
    for await (const { name, isDirectory } of Deno.readDir(root)) {
      if (!isDirectory) continue;
      const directory = join(root, name);
      const info = await statOf(join(directory, runFiles.record));
      const time = info?.mtime?.getTime();
      if (time !== undefined && time > (newest?.time ?? 0)) newest = { directory, time };
    }
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
  if (newest) return newest.directory;
  throw new RunError(
    `there is no run in ${root}/ yet: create one with ${commandPrefix} train, or name one with --run DIR`,
  );
}

interface Flags {
  json?: boolean;
  run?: string;
  note?: string[];
  remove?: string;
  yes?: boolean;
}

/** Adds the command `runs`. */
export function addRunsCommand(program: Command): void {
  program.command("runs")
    .description(
      `List the runs in ${root}/, the newest first, with their data, net, epochs, top-1 accuracy, time, ` +
        "size and note; note something about one, or remove one.",
    )
    .option("--json", "print the list as JSON")
    .option("--note <words...>", "a run and what to note about it; with --run, the note alone")
    .option("--run <name>", `for --note: the run, by its name in ${root}/ or its folder`)
    .option("--remove <name>", "the run to remove, by name or folder, with all its files")
    .option("--yes", "for --remove: do not ask")
    .action(runCommand);
}

async function runCommand({ json, run, note, remove, yes }: Flags): Promise<void> {
  if (note && remove !== undefined) {
    throw new UsageError(`runs takes --note or --remove. Received: both`);
  }
  if (run !== undefined && !note) {
    throw new UsageError(`--run is for --note TEXT. Received: --run ${run}`);
  }
  if (yes && remove === undefined) throw new UsageError("--yes is for --remove. Received: --yes");
  if (note) await writeNote(run, note);
  else if (remove !== undefined) await confirmAndRemove(await folderOf(remove), yes === true);
  else await list(json === true);
}

/** The folder of a run that the user names: one of that name in `runs/`, or a path. */
async function folderOf(name: string): Promise<string> {
  if (name === "") throw new UsageError("a run needs a name. Received: an empty one");
  const inRoot = join(root, name);
  const isName = !/[/\\]/.test(name) && name !== "." && name !== "..";
  if (isName && await Deno.lstat(inRoot).then(() => true, () => false)) return inRoot;
  return userPath(name);
}

async function writeNote(named: string | undefined, words: readonly string[]): Promise<void> {
  const [name = "", ...text] = named === undefined ? words : [named, ...words];
  if (text.length === 0) {
    throw new UsageError(
      `--note must be a run and a text, as in ${
        taskCommand(["runs", "--note", "NAME", "best so far"])
      }. Received: ${name}`,
    );
  }
  const run = await openRun(await folderOf(name));
  await run.writeNote(text.join(" "));
  log(`note       ${await run.note() || "none"} (${run.path("note")})`);
}

async function confirmAndRemove(directory: string, yes: boolean): Promise<void> {
  await requireRemovable(directory);
  if (!yes) {
    if (!Deno.stdin.isTerminal() || !Deno.stderr.isTerminal()) {
      throw new UsageError(`--remove asks at a terminal only; add --yes. Received: ${directory}`);
    }
    logError(`remove     ${keepWhole(directory)}`);
    if (!confirm("Remove this run and all its files?")) {
      return logError("Nothing was removed.");
    }
  }
  await removeRun(directory);
  log(`removed    ${directory}`);
}

async function list(json: boolean): Promise<void> {
  const runs = await listRuns(root, logError);
  if (json) return log(safeJson(runs));
  if (runs.length === 0) {
    return logError(`There is no run in ${root}/ yet; create one with: ${taskCommand(["train"])}`);
  }
  const cells = runs.map(cellsOf);
  const table = plainTable({
    columns: ["run", "data", "net", "epochs", "top-1", "began", "size", "note"].map((label) => ({
      label,
      numeric: false,
    })),
    rows: cells,
  });
  const widest = Math.max(...table.split("\n").map((line) => line.length));
  if (widest <= terminalColumns(Deno.stdout)) return logLines(table);
  // Too narrow for columns: a run's name, and the rest under it.
  for (const [name, ...others] of cells) {
    log(showControls(name!));
    log(`  ${others.filter((cell) => cell !== "").map(showControls).join(", ")}`);
  }
}

function cellsOf(run: RunSummary): string[] {
  const { name, data, net, epochs, plannedEpochs, status, top1, split, created, bytes, note } = run;
  const isWhole = status === "finished" && epochs === plannedEpochs;
  return [
    name,
    data,
    `VGG ${net}`,
    isWhole ? plural(epochs, "epoch") : `${epochs} of ${plural(plannedEpochs, "epoch")}, ${status}`,
    top1 === null ? "" : `${percent(top1)} ${split}`,
    localTime(created),
    megabytes(bytes),
    note,
  ];
}

/** `2026-11-24 23:15` in this machine's time zone; the text itself if it is no time. */
function localTime(created: string): string {
  const time = new Date(created);
  if (Number.isNaN(time.getTime())) return created;
  const two = (part: number): string => String(part).padStart(2, "0");
  const day = [time.getFullYear(), two(time.getMonth() + 1), two(time.getDate())].join("-");
  return `${day} ${two(time.getHours())}:${two(time.getMinutes())}`;
}
