import { join } from "@std/path";
import { isFile } from "../../lib/data/sources/folders.ts";
import type { RandomStream } from "../../lib/random/stream.ts";
import { runFiles } from "../../lib/runs/run.ts";
import { canMount, withDisk } from "../training/small_disk.ts";
import { damage } from "./damage.ts";
import { failCall, type FailedCall, shorten } from "./fail_calls.ts";
import { jumpingClock } from "./jumping_clock.ts";
import type { KnownStates } from "./known_states.ts";
import { losePower } from "./lose_power.ts";
import { runProcess } from "./task_process.ts";
import { requireLine, runTask, type Task, tasks } from "./tiny_task.ts";

/** How a run came through a fault. What is wrong is thrown. */
export type Outcome =
  /** The task did its work all the same. */
  | "not noticed"
  /** The task ended, with one line if it could; done again, all came to the same end. */
  | "done again"
  /** A file is damaged, and what reads it ends with one line that says so. */
  | "refused";

/** What a fault happens to. */
export interface Subject {
  readonly known: KnownStates;
  /** A folder of its own. */
  readonly folder: string;
  readonly random: RandomStream;
  readonly onContext: (context: string) => void;
}

interface FaultKind {
  /** How often it comes, relative to the others. */
  readonly weight: number;
  readonly happen: (subject: Subject) => Promise<Outcome>;
}

/** About as many calls about files as each task makes. */
const calls: Readonly<Record<Task, number>> = {
  train: 1100,
  evaluate: 290,
  report: 68,
  export: 450,
};

export const faultKinds: Readonly<Record<string, FaultKind>> = {
  "kill -9": { weight: 12, happen: (subject) => endProcess(subject, "SIGKILL") },
  "SIGTERM": { weight: 8, happen: (subject) => endProcess(subject, "SIGTERM") },
  "a call that fails": { weight: 30, happen: failOne },
  "short reads and writes": { weight: 4, happen: shortCalls },
  "a full disk": { weight: 8, happen: fillDisk },
  "damaged bytes": { weight: 26, happen: damageFile },
  "loss of power": { weight: 10, happen: loseOnce },
  "jumps of the clock": { weight: 4, happen: jumpClock },
};

function anyTask(random: RandomStream): Task {
  return tasks[random.integer(0, tasks.length - 1)]!;
}

/** A run's folder for which a task is the next. For training it may be one that has yet to begin. */
async function prepare({ known, folder, random }: Subject, task: Task): Promise<string> {
  const run = join(folder, "run");
  if (task !== "train" || random.uniform(0, 1) < 0.5) await known.copy(task, run);
  return run;
}

async function endProcess(
  subject: Subject,
  signal: "SIGKILL" | "SIGTERM",
): Promise<Outcome> {
  const { known, random, onContext } = subject;
  const task = anyTask(random);
  const run = await prepare(subject, task);
  const hasBegun = await isFile(join(run, runFiles.record));
  const after = random.uniform(200, task === "train" ? 7000 : 3000);
  const context = `${task} ended by ${signal} after ${after.toFixed(0)} ms`;
  onContext(context);
  const data = hasBegun ? undefined : known.options.data;
  const code = await runProcess(task, run, { data, end: { signal, after } });
  await known.check(run, context);
  await known.finish(run, context);
  return code === 0 ? "not noticed" : "done again";
}

async function failOne(subject: Subject): Promise<Outcome> {
  const { random } = subject;
  const task = anyTask(random);
  const codes: readonly FailedCall["code"][] = ["EIO", "ENOSPC", "EMFILE"];
  const code = codes[random.integer(0, 2)]!;
  const nth = random.integer(1, callsOf(task, code));
  return await failAt(subject, task, { nth, code, forever: random.uniform(0, 1) < 0.3 });
}

async function failAt(subject: Subject, task: Task, call: FailedCall): Promise<Outcome> {
  const run = await prepare(subject, task);
  const { nth, code, forever } = call;
  subject.onContext(`${task}: ${code} of call ${nth}${forever ? " and all after it" : ""}`);
  const line = await failCall(task, run, subject.known, call);
  return line === undefined ? "not noticed" : "done again";
}

/** About how many calls of a task the system can refuse in a way. */
export function callsOf(task: Task, code: FailedCall["code"]): number {
  const part = code === "EIO" ? 1 : code === "ENOSPC" ? 0.3 : 0.08;
  return Math.ceil(calls[task] * part);
}

async function shortCalls(subject: Subject): Promise<Outcome> {
  const task = anyTask(subject.random);
  const run = await prepare(subject, task);
  const most = subject.random.integer(100, 10_000);
  subject.onContext(`${task}: at most ${most} bytes in a call`);
  await shorten(task, run, subject.known, most);
  return "not noticed";
}

/** On a disk in memory; where this user may mount none, the calls fail that need room. */
async function fillDisk(subject: Subject): Promise<Outcome> {
  const { known, folder, random, onContext } = subject;
  const task = anyTask(random);
  if (!canMount) {
    return await failAt(subject, task, {
      ...{ code: "ENOSPC", forever: true },
      nth: random.integer(1, callsOf(task, "ENOSPC")),
    });
  }
  const size = random.integer(8, task === "train" ? 2500 : 3500);
  const context = `${task} on a disk with ${size} KiB`;
  onContext(context);
  return await withDisk(async (disk) => {
    await disk.resize(64_000);
    const run = await prepare({ ...subject, folder: disk.small }, task);
    const used = usedBytes(disk.small);
    await disk.resize(Math.ceil(used / 1024) + size);
    let outcome: Outcome = "not noticed";
    await runTask(task, run, known.options).catch((error) => {
      requireLine(error, context);
      outcome = "done again";
    });
    await disk.resize(64_000);
    await known.check(run, context);
    await known.finish(run, context);
    return outcome;
  }, folder);
}

/** A file takes whole pages. */
function usedBytes(folder: string): number {
  let bytes = 4096;
  for (const { name, isDirectory } of Deno.readDirSync(folder)) {
    const path = join(folder, name);
    bytes += isDirectory ? usedBytes(path) : Math.ceil(Deno.statSync(path).size / 4096) * 4096;
  }
  return bytes;
}

async function damageFile(subject: Subject): Promise<Outcome> {
  const { known, folder, random, onContext } = subject;
  const run = join(folder, "run");
  const task = anyTask(random);
  await (random.uniform(0, 1) < 0.5 ? known.copyWhole(run) : known.copy(task, run));
  const context = await damage(run, random);
  onContext(context);
  const lines = await known.check(run, context);
  for (const each of tasks) {
    await runTask(each, run, known.options).catch((error) => {
      lines.push(requireLine(error, `${context}; ${each}`));
    });
  }
  const left = await known.check(run, `${context}, after all tasks`);
  if (left.length > 0) return "refused";
  await known.finish(run, context);
  return lines.length > 0 ? "done again" : "not noticed";
}

async function loseOnce({ known, folder, random, onContext }: Subject): Promise<Outcome> {
  const { states, context } = await losePower(folder, known, random, 4);
  onContext(context);
  for (const run of states) {
    await known.check(run, context);
    await known.requireWhole(run, context);
  }
  await known.finish(states[0]!, context);
  return "done again";
}

async function jumpClock(subject: Subject): Promise<Outcome> {
  const { known, random, onContext } = subject;
  const task = anyTask(random);
  const run = await prepare(subject, task);
  const context = `${task} with a clock that jumps`;
  onContext(context);
  {
    using _ = jumpingClock(random);
    await runTask(task, run, known.options);
  }
  await known.check(run, context);
  await known.finish(run, context);
  return "not noticed";
}
