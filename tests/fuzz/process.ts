/**
 * Tries inputs of one target, as a process of its own: what brings it down is not the end of the rest. It
 * prints a line of JSON every second or so, and keeps the input that it is about to try in a file.
 */
import { createHash } from "node:crypto";
import { join } from "@std/path";
import { attempt, type Outcome } from "./attempt.ts";
import { Coverage } from "./coverage.ts";
import { Failure, Fuzzer, shrink } from "./engine.ts";
import { mountMemory } from "./memory_files.ts";
import type { Bytes } from "./mutate.ts";
import { keepMade, type Target } from "./target.ts";

/** What a process is to do. */
export interface Task {
  readonly name: string;
  readonly seed: number;
  readonly inputs: number;
  readonly guided: boolean;
  /** The file of the input that is about to be tried. */
  readonly current: string;
  /** The folder of the files that are made for seeds. */
  readonly made?: string;
  /** The folder of the inputs that reached a new block, which later processes begin with. */
  readonly corpus?: string;
  /** The file for the record of what was reached. */
  readonly record?: string;
  /** The file of the only input to try. */
  readonly input?: string;
}

/** What a line of a process says: sums since it began. */
export interface Report {
  readonly inputs: number;
  readonly outcomes: Readonly<Record<Outcome, number>>;
  readonly blocks: number;
  readonly peakMegabytes: number;
  readonly failure?: string;
}

/** Milliseconds between two lines. */
const pause = 1000;

async function main(task: Task): Promise<void> {
  // Before the readers are loaded, which are else counted by functions.
  const coverage = await Coverage.start();
  const { targetsOf } = await import("./targets/mod.ts");
  mountMemory();
  if (task.made) keepMade(task.made);
  const target = (await targetsOf(task.name)).find(({ name }) => name === task.name);
  if (!target) throw new Error(`there is no target ${task.name}`);
  if (task.input) return await again(target, await Deno.readFile(task.input));
  using current = Deno.openSync(task.current, { write: true });
  const report = (outcomes: Report["outcomes"], failure?: string): void => {
    const inputs = outcomes.read + outcomes.refused;
    const line: Report = {
      ...{ inputs, outcomes, blocks: coverage.reached, peakMegabytes: peakMegabytes() },
      ...(failure ? { failure } : {}),
    };
    Deno.stdout.writeSync(new TextEncoder().encode(JSON.stringify(line) + "\n"));
  };
  let fuzzer: Fuzzer | undefined;
  try {
    fuzzer = await Fuzzer.start(target, {
      seed: task.seed,
      coverage,
      guided: task.guided,
      corpus: task.corpus ? await corpusIn(task.corpus) : [],
      before: (input) => writeOver(current, input),
      keep: (input) => {
        if (task.corpus) Deno.writeFileSync(join(task.corpus, nameOf(input)), input);
      },
    });
    if (!fuzzer) throw new Error(`the files of ${task.name} are not here`);
    let last = performance.now();
    while (fuzzer.inputs < task.inputs) {
      await fuzzer.step(task.inputs - fuzzer.inputs);
      if (performance.now() - last < pause && fuzzer.inputs < task.inputs) continue;
      last = performance.now();
      report(fuzzer.outcomes);
    }
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    writeOver(current, await shrink(target, error));
    report(fuzzer?.outcomes ?? { read: 0, refused: 0 }, error.message);
    Deno.exit(1);
  } finally {
    if (task.record) await Deno.writeTextFile(task.record, JSON.stringify(coverage.record()));
  }
}

async function again(target: Target, input: Bytes): Promise<void> {
  const outcome = await attempt(target, input);
  Deno.stdout.writeSync(new TextEncoder().encode(`${outcome}\n`));
}

async function corpusIn(folder: string): Promise<Bytes[]> {
  const names = await Array.fromAsync(Deno.readDir(folder), ({ name }) => name);
  return await Promise.all(names.sort().map((name) => Deno.readFile(join(folder, name))));
}

function nameOf(input: Bytes): string {
  return createHash("sha256").update(input).digest("hex").slice(0, 16);
}

function writeOver(file: Deno.FsFile, bytes: Bytes): void {
  file.truncateSync(0);
  file.seekSync(0, Deno.SeekMode.Start);
  for (let done = 0; done < bytes.length;) done += file.writeSync(bytes.subarray(done));
}

/** Linux keeps it; elsewhere it is what is used now. */
function peakMegabytes(): number {
  try {
    const peak = /VmHWM:\s+(\d+) kB/.exec(Deno.readTextFileSync("/proc/self/status"))?.[1];
    return Math.round(Number(peak) / 1024);
  } catch {
    return Math.round(Deno.memoryUsage().rss / 2 ** 20);
  }
}

if (import.meta.main) {
  await main(JSON.parse(Deno.args[0]!));
  Deno.exit(0); // Threads of readers may still wait for work.
}
