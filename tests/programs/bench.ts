import { join } from "@std/path";
import { callPython } from "../../lib/python/run_python.ts";
import { median } from "../bench/statistics.ts";
import { peersPython } from "../peers/environment.ts";
import { type Column, speedTable } from "./bench_table.ts";
import { buildNativeAddon, type NativeAddon } from "./native_addon.ts";
import { downloadsFolder, prepare, type Prepared, prepareDownloads } from "./prepare.ts";
import { type Program, programs } from "./programs.ts";
import { type Report, runnerNames, runProgram } from "./run_program.ts";

/** The images of MNIST that a program gets for the table. */
const images = 1500;
/** What does not end by then is left out. */
const limitSeconds = 600;

/** What is measured: in each round every program runs once in each column. */
export async function bench(
  chosen: readonly Program[],
  { examples, rounds, runners = [...runnerNames, "keras"], json, say }: {
    readonly examples: string;
    readonly rounds: number;
    readonly runners?: readonly string[];
    /** Keeps what was measured, and adds to what earlier calls measured. */
    readonly json?: string;
    readonly say: (line: string) => void;
  },
): Promise<void> {
  if (examples) await prepareDownloads(examples);
  const addon = runners.includes("native") ? await addonOrWord(say) : undefined;
  const columns = runners.filter((name) => name !== "native" || addon) as Column[];
  const text = json ? await Deno.readTextFile(json).catch(() => "{}") : "{}";
  const measured = new Map<string, Report[]>(Object.entries(JSON.parse(text)));
  const left = new Set<string>();
  for (let round = 0; round < rounds; round++) {
    for (const program of chosen) {
      for (const column of columns) {
        const key = `${program.name} ${column}`;
        if (left.has(key)) continue;
        const report = await measure(program, column, examples, addon);
        if (typeof report === "string") {
          left.add(key);
          say(`${key}: left out, ${report}`);
          continue;
        }
        measured.set(key, [...measured.get(key) ?? [], report]);
        say(
          `round ${round + 1}, ${key}: ${report.whole.seconds.toFixed(1)} s, ${describe(report)}`,
        );
        if (json) await Deno.writeTextFile(json, JSON.stringify(Object.fromEntries(measured)));
      }
    }
  }
  const shown = [...runnerNames, "keras" as const].filter((column) =>
    programs.some(({ name }) => measured.has(`${name} ${column}`))
  );
  const table = speedTable(
    programs.filter(({ name }) => shown.some((column) => measured.has(`${name} ${column}`))),
    shown,
    (program, column) => measured.get(`${program} ${column}`) ?? [],
  );
  say(table);
}

function describe({ steps }: Report): string {
  if (steps.length === 0) return "no steps";
  const milliseconds = median(steps.map(({ cpuSeconds }) => cpuSeconds * 1000));
  return `${steps.length} steps of ${milliseconds.toFixed(1)} ms of processor time`;
}

async function addonOrWord(say: (line: string) => void): Promise<NativeAddon | undefined> {
  try {
    return await buildNativeAddon();
  } catch (error) {
    say(
      `native: left out, since tfjs-node's addon cannot be built: ${String(error).slice(0, 300)}`,
    );
    return undefined;
  }
}

/** A report, or why there is none. */
async function measure(
  program: Program,
  column: Column,
  examples: string,
  addon: NativeAddon | undefined,
): Promise<Report | string> {
  if (column === "keras" && !program.twin) return "it has no twin";
  const prepared = await prepare(program, { examples, images });
  if (column === "keras") return await measureKeras(program, prepared);
  try {
    const { output, report, success } = await runProgram(prepared, {
      ...{ runner: column, words: program.bench, limitSeconds, addon },
      ...{ steps: program.steps?.[1], endsWithFit: program.steps !== undefined },
    });
    if (report && success) return report;
    const lines = output.trim().split("\n");
    return lines.find((line) => /Error/.test(line)) ??
      `it did not end by itself within ${limitSeconds} s`;
  } catch (error) {
    return String(error);
  }
}

async function measureKeras({ name, twin }: Program, { folder }: Prepared): Promise<Report> {
  const python = await peersPython(["keras"]);
  const script = join(import.meta.dirname ?? ".", "python", "keras_twins.py");
  const data = name === "abalone-node" ? downloadsFolder : folder;
  const output = await callPython(python, [script, name, data, ...twin!.map(String)]);
  return JSON.parse(output.trim().split("\n").at(-1)!);
}
