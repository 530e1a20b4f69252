/**
 * Tries all readers of files on many inputs, and prints a table of what was tried:
 *
 *     deno task dev:fuzz --minutes 30
 *     deno task dev:fuzz --runs 5000 --only weights
 *     deno task dev:fuzz --runs 5000 --compare                    (with guidance, and without it)
 *     deno task dev:fuzz --only images --input work/fuzz/…         (one input again)
 *
 * Inputs that reach new code are kept in `work/fuzz/`, where later runs begin with them. The status is 1
 * where an input crashed a reader, kept it busy for too long, or made it throw another error than it may.
 */
import { createInterface } from "node:readline";
import { join } from "@std/path";
import { Readable } from "node:stream";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { compareReached, type CoverageRecord } from "./coverage.ts";
import type { Report, Task } from "./process.ts";
import { keepMade, type Target } from "./target.ts";
import { targetsOf } from "./targets/mod.ts";

/** Without a word for so long, a process hangs. */
const silence = 300_000;
/** Memory that no file of these sizes is worth. */
const mostMegabytes = 1500;
/** What native readers leave behind adds up, so that a process tries only some inputs. */
const mostInputs = { native: 2000, other: 100_000 };

interface Row {
  readonly name: string;
  readonly began: number;
  inputs: number;
  read: number;
  refused: number;
  blocks: number;
  peakMegabytes: number;
  failure?: string;
}

const { values: flags } = parseArgs({
  options: {
    minutes: { type: "string" },
    runs: { type: "string", default: "1000" },
    only: { type: "string", default: "" },
    seed: { type: "string", default: "1" },
    compare: { type: "boolean", default: false },
    input: { type: "string" },
  },
});
/** Without setting up `node_modules` again, which waits for other processes that do. */
const processArgs = [
  ...["run", "-A", "--no-check", "--node-modules-dir=manual"],
  fileURLToPath(new URL("process.ts", import.meta.url)),
];
const work = fileURLToPath(new URL("../../work/fuzz", import.meta.url));
const made = join(work, "made");
const chosen = await targetsOf(flags.only);

/** Tries inputs until there are enough, or a time has come. */
async function tryTarget(
  { name, isNative = false }: Target,
  until: number,
  options: Pick<Task, "guided" | "corpus" | "record">,
): Promise<Row> {
  const row: Row = {
    ...{ name, began: performance.now() },
    ...{ inputs: 0, read: 0, refused: 0, blocks: 0, peakMegabytes: 0 },
  };
  const runs = flags.minutes ? Infinity : Number(flags.runs);
  while (row.inputs < runs && performance.now() < until && row.failure === undefined) {
    const most = isNative ? mostInputs.native : mostInputs.other;
    const inputs = Math.min(most, runs - row.inputs);
    await tryProcess(row, until, { inputs, seed: Number(flags.seed) + row.inputs, ...options });
  }
  return row;
}

async function tryProcess(
  row: Row,
  until: number,
  options: Omit<Task, "name" | "current">,
): Promise<void> {
  const current = await Deno.makeTempFile();
  const task: Task = { name: row.name, current, made, ...options };
  const child = new Deno.Command(Deno.execPath(), {
    args: [
      ...processArgs,
      JSON.stringify(task),
    ],
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const errors = new Response(child.stderr).text();
  let [hangs, enough] = [false, false];
  const kill = (): void => {
    hangs = true;
    child.kill("SIGKILL");
  };
  let timer = setTimeout(kill, silence);
  const before = { ...row };
  // The boundary between two declarations of the same streams.
  const output = child.stdout as unknown as Parameters<typeof Readable.fromWeb>[0];
  for await (const line of createInterface({ input: Readable.fromWeb(output) })) {
    clearTimeout(timer);
    timer = setTimeout(kill, silence);
    add(row, before, JSON.parse(line));
    if (performance.now() < until) continue;
    enough = true;
    child.kill("SIGKILL");
    break;
  }
  const { success, signal, code } = await child.status;
  clearTimeout(timer);
  if (!success && !enough) {
    row.failure ??= hangs
      ? "it hung"
      : `it ended with ${signal ?? code}: ${(await errors).slice(-500)}`;
  }
  if (row.peakMegabytes > mostMegabytes) row.failure ??= `it took ${row.peakMegabytes} MB`;
  if (row.failure !== undefined) {
    const kept = join(work, `failure-${row.name.replaceAll(/\W+/g, "-")}`);
    await Deno.copyFile(current, kept);
    row.failure += `\n  again: deno task dev:fuzz --only "${row.name}" --input ${kept}`;
  }
  await errors.catch(() => {});
  await Deno.remove(current);
}

function add(row: Row, before: Row, report: Report): void {
  row.inputs = before.inputs + report.inputs;
  row.read = before.read + report.outcomes.read;
  row.refused = before.refused + report.outcomes.refused;
  row.blocks = Math.max(row.blocks, report.blocks);
  row.peakMegabytes = Math.max(row.peakMegabytes, report.peakMegabytes);
  if (report.failure) row.failure = report.failure;
}

/** Tries as many inputs with guidance as without it, each from the seeds alone. */
async function compare(target: Target, until: number): Promise<Row> {
  const records: CoverageRecord[] = [];
  let row: Row | undefined;
  for (const guided of [false, true]) {
    const record = await Deno.makeTempFile();
    row = await tryTarget(target, until, { guided, record });
    records.push(JSON.parse(await Deno.readTextFile(record)));
    await Deno.remove(record);
    if (row.failure !== undefined) return row;
  }
  const [without, guided] = compareReached(records);
  print(`${target.name.padEnd(40)} blocks without guidance ${without}, with it ${guided}`);
  return row!;
}

function print(line: string): void {
  Deno.stdout.writeSync(new TextEncoder().encode(`${line}\n`));
}

async function main(): Promise<number> {
  await Deno.remove(made, { recursive: true }).catch(() => {});
  await Deno.mkdir(made, { recursive: true });
  keepMade(made);
  const share = flags.minutes ? Number(flags.minutes) * 60_000 / chosen.length : Infinity;
  const rows: Row[] = [];
  print(`${"reader".padEnd(40)}  inputs    read refused  blocks peak MB seconds`);
  for (const target of chosen) {
    const { name } = target;
    if (!await target.seeds()) {
      print(`${name.padEnd(40)} skipped: no ../shared/data`);
      continue;
    }
    const corpus = join(work, name.replaceAll(/\W+/g, "-"));
    await Deno.mkdir(corpus, { recursive: true });
    const until = performance.now() + share;
    const row = flags.compare
      ? await compare(target, until)
      : await tryTarget(target, until, { guided: true, corpus });
    rows.push(row);
    const seconds = Math.round((performance.now() - row.began) / 1000);
    const numbers = [row.inputs, row.read, row.refused, row.blocks, row.peakMegabytes, seconds];
    print(`${name.padEnd(40)} ${numbers.map((value) => `${value}`.padStart(7)).join(" ")}`);
    if (row.failure !== undefined) print(`  FAILED: ${row.failure}`);
  }
  const failed = rows.filter(({ failure }) => failure !== undefined).length;
  print(`${rows.reduce((sum, { inputs }) => sum + inputs, 0)} inputs, ${failed} readers failed`);
  return failed > 0 ? 1 : 0;
}

/** Tries one input, in this process's place. */
async function again(input: string): Promise<number> {
  const task = { name: chosen[0]?.name ?? flags.only, input };
  const { code } = await new Deno.Command(Deno.execPath(), {
    args: [
      ...processArgs,
      JSON.stringify(task),
    ],
    stdout: "inherit",
    stderr: "inherit",
  }).output();
  return code;
}

Deno.exit(flags.input ? await again(flags.input) : await main());
