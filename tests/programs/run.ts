/**
 * Runs real TensorFlow.js programs on the engine: those of tfjs-examples in a local checkout, unchanged, and
 * this project's own. A preloaded module stands in for tfjs-node; data that would be downloaded are
 * replaced, and a line says by what. Says last how many passed and failed.
 */
import "../../lib/require_deno.ts";
import { Command } from "commander";
import { countLine } from "../runner/counts.ts";
import { readFlags } from "../read_flags.ts";
import { join } from "@std/path";
import { nodeProject } from "../npm/on_node.ts";
import { bench } from "./bench.ts";
import { prepare, prepareDownloads } from "./prepare.ts";
import { type Program, programs } from "./programs.ts";
import { runProgram } from "./run_program.ts";

interface Flags {
  readonly examples?: string;
  readonly full?: true;
  readonly only?: string;
  readonly node?: true;
  readonly bench?: true;
  readonly rounds: string;
  readonly runners?: string;
  readonly json?: string;
}

const flags = readFlags<Flags>(
  new Command()
    .option("--examples <DIR>", "a checkout of tfjs-examples; without it only our own programs run")
    .option("--full", "the programs' own sizes instead of reduced ones")
    .option("--only <NAMES>", "programs, separated by commas")
    .option("--node", "on Node, with the npm package of the engine, instead of Deno")
    .option("--bench", "measure how fast each runs on each engine, and write a table")
    .option("--rounds <NUMBER>", "rounds of --bench", "3")
    .option("--runners <NAMES>", "engines of --bench, separated by commas")
    .option("--json <FILE>", "keeps what --bench measures, and adds to what it holds"),
);

const chosen = programs.filter(({ name }) => !flags.only || flags.only.split(",").includes(name));
const runnable = chosen.filter(({ origin }) => flags.examples || origin === "own");
for (const { name } of chosen.filter((program) => !runnable.includes(program))) {
  say(`${name}: skipped, since it needs --examples DIR, a checkout of tfjs-examples`);
}
if (flags.examples) await prepareDownloads(flags.examples);
if (flags.bench) {
  const { rounds, runners, json } = flags;
  await bench(runnable, {
    examples: flags.examples ?? "",
    rounds: Number(rounds),
    ...(runners ? { runners: runners.split(",") } : {}),
    ...(json ? { json } : {}),
    say,
  });
  // esbuild's process would keep this one alive.
  Deno.exit(0);
} else {
  const project = flags.node ? await nodeProject("node 24") : undefined;
  const node = project && {
    binary: project.binary,
    preload: await project.bundle(join(import.meta.dirname ?? ".", "preload.ts")),
  };
  const results: boolean[] = [];
  for (const program of runnable) results.push(await runOne(program, node));
  const failed = results.filter((isOk) => !isOk).length;
  const skipped = chosen.length - runnable.length;
  say(countLine({ passed: results.length - failed, failed, skipped }));
  await project?.[Symbol.asyncDispose]();
  Deno.exit(failed > 0 ? 1 : 0);
}

async function runOne(
  program: Program,
  node: { readonly binary: string; readonly preload: string } | undefined,
): Promise<boolean> {
  const { full, examples = "" } = flags;
  if (program.replaced) say(`${program.name}: replaced ${program.replaced}`);
  const prepared = await prepare(program, { examples, images: full ? 60_000 : 6000 });
  const { output, success, report } = await runProgram(prepared, {
    runner: "compiled",
    node,
    words: full ? program.full : program.small,
    steps: full ? undefined : program.steps?.[0],
    limitSeconds: full ? 24 * 3600 : 1800,
  });
  const { text, isReached } = program.measure(output.replaceAll("\r", "\n"), full === true);
  const isOk = success && isReached && report !== undefined;
  const took = report ? `${report.whole.seconds.toFixed(1)} s` : "did not end by itself";
  say(`${program.name} … ${isOk ? "ok" : "FAILED"}: ${text}; ${took}`);
  if (!isOk) say(output.slice(-3000));
  return isOk;
}

function say(line: string): void {
  Deno.stdout.writeSync(new TextEncoder().encode(`${line}\n`));
}
