/**
 * Tries all readers of files on many mutated real files, and prints a table of what was tried:
 *
 *     deno task dev:fuzz --minutes 30
 *     deno task dev:fuzz --runs 500 --only weights
 *     deno task dev:fuzz --only images --seed 17 --path 3:0:1    (one input again)
 *
 * The status is 1 where an input crashed a reader, kept it busy for too long, or made it throw another
 * error than it may.
 */
import { createInterface } from "node:readline";
import { Readable } from "node:stream";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import type { Report } from "./process.ts";
import { targets } from "./targets/mod.ts";

/** Without a word for so long, a process hangs. */
const silence = 300_000;
/** Memory that no file of these sizes is worth. */
const mostMegabytes = 1500;

interface Row {
  readonly name: string;
  inputs: number;
  read: number;
  refused: number;
  peakMegabytes: number;
  seed: number;
  failure?: string;
}

const { values: flags } = parseArgs({
  options: {
    minutes: { type: "string" },
    runs: { type: "string", default: "1000" },
    only: { type: "string", default: "" },
    seed: { type: "string", default: "1" },
    path: { type: "string" },
  },
});

async function tryTarget(name: string, until: number): Promise<Row> {
  const row: Row = {
    ...{ name, inputs: 0, read: 0, refused: 0, peakMegabytes: 0 },
    seed: Number(flags.seed),
  };
  const runs = flags.minutes ? Infinity : flags.path ? 1 : Number(flags.runs);
  while (row.inputs < runs && performance.now() < until && !row.failure) {
    // A process for every so many, since what readers leave behind adds up.
    const inputs = Math.min(2000, runs - row.inputs);
    await tryProcess(row, Number(flags.seed) + row.inputs, inputs, until);
  }
  return row;
}

async function tryProcess(row: Row, seed: number, inputs: number, until: number): Promise<void> {
  const current = await Deno.makeTempFile();
  const child = new Deno.Command(Deno.execPath(), {
    args: [
      ...["run", "-A", "--no-check", fileURLToPath(new URL("process.ts", import.meta.url))],
      ...[row.name, `${seed}`, `${inputs}`, ...(flags.path ? [flags.path] : [])],
    ],
    env: { VGG_FUZZ_CURRENT: current },
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
  // The boundary between two declarations of the same streams.
  const output = child.stdout as unknown as Parameters<typeof Readable.fromWeb>[0];
  for await (const line of createInterface({ input: Readable.fromWeb(output) })) {
    clearTimeout(timer);
    timer = setTimeout(kill, silence);
    add(row, JSON.parse(line));
    if (performance.now() < until) continue;
    enough = true;
    child.kill("SIGKILL");
    break;
  }
  const { success, signal, code } = await child.status;
  clearTimeout(timer);
  if (!success && !enough && !row.failure) {
    const why = hangs
      ? "it hung"
      : `it ended with ${signal ?? code}: ${(await errors).slice(-500)}`;
    row.failure = `${why}\n  input ${await Deno.readTextFile(current)}\n  seeds from ${seed}`;
  }
  if (row.peakMegabytes > mostMegabytes) row.failure ??= `it took ${row.peakMegabytes} MB`;
  await errors.catch(() => {});
  await Deno.remove(current);
}

function add(row: Row, { inputs, outcomes, peakMegabytes, failure }: Report): void {
  row.inputs += inputs;
  row.read += outcomes.read;
  row.refused += outcomes.refused;
  row.peakMegabytes = Math.max(row.peakMegabytes, peakMegabytes);
  if (!failure) return;
  const { seed, path, message } = failure;
  row.failure =
    `${message}\n  again: deno task dev:fuzz --only "${row.name}" --seed ${seed} --path ${path}`;
}

const chosen = targets.filter(({ name }) => name.startsWith(flags.only));
const share = flags.minutes ? Number(flags.minutes) * 60_000 / chosen.length : Infinity;
const rows: Row[] = [];
print(`${"reader".padEnd(40)}  inputs    read refused  peak MB  seeds`);
for (const { name, inputs } of chosen) {
  if (!await inputs()) {
    print(`${name.padEnd(40)} skipped: no ../shared/data`);
    continue;
  }
  const row = await tryTarget(name, performance.now() + share);
  rows.push(row);
  const numbers = [row.inputs, row.read, row.refused].map((value) => `${value}`.padStart(7));
  const seeds = `${row.seed} to ${row.seed + row.inputs}`;
  print(`${name.padEnd(40)} ${numbers.join(" ")} ${`${row.peakMegabytes}`.padStart(8)}  ${seeds}`);
  if (row.failure) print(`  FAILED: ${row.failure}`);
}
const failed = rows.filter(({ failure }) => failure).length;
print(`${rows.reduce((sum, { inputs }) => sum + inputs, 0)} inputs, ${failed} readers failed`);
Deno.exit(failed > 0 ? 1 : 0);

function print(line: string): void {
  Deno.stdout.writeSync(new TextEncoder().encode(`${line}\n`));
}
