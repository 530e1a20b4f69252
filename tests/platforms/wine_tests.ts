/**
 * Runs tests under Wine, a process for each file: `deno task dev:wine-tests [PATH …]`, by default those of
 * the engine, data and training. Prints each file's counts, what failed, and the counts of each path.
 *
 * @module
 */

import { join, relative } from "@std/path";
import { addCounts, countLine, countRun, type Counts } from "../runner/counts.ts";
import { readyWine, windowsPath, type Wine } from "./wine.ts";

const root = join(import.meta.dirname!, "..", "..");
const defaultPaths = ["tests/engine", "tests/data", "tests/training"];
/** What a file may take: under Wine several times as long as on Linux. */
const minutes = 20;

const wine = await readyWine();
if (typeof wine === "string") {
  say(`error: ${wine}`);
  Deno.exit(1);
}
const lines: string[] = [];
let failed = 0;
for (const path of Deno.args.length > 0 ? Deno.args : defaultPaths) {
  const counts: Counts[] = [];
  for (const file of await testsIn(join(root, path))) counts.push(await runFile(wine, file));
  const total = addCounts(counts);
  failed += total.failed;
  lines.push(`${path}: ${countLine(total)}`);
}
say(`\n${lines.join("\n")}`);
Deno.exit(failed > 0 ? 1 : 0);

/** The files of tests at a path, or below it. */
async function testsIn(path: string): Promise<string[]> {
  if ((await Deno.stat(path)).isFile) return [path];
  const files: string[] = [];
  for await (const { name, isDirectory } of Deno.readDir(path)) {
    if (isDirectory) files.push(...await testsIn(join(path, name)));
    else if (name.endsWith("_test.ts")) files.push(join(path, name));
  }
  return files.sort();
}

/** Runs one file. One that does not end in time counts as a failure. */
async function runFile({ command: [program, ...words], env }: Wine, file: string): Promise<Counts> {
  const report = await Deno.makeTempFile({ suffix: ".xml" });
  try {
    const flags = ["-A", "--no-check", "--no-lock", "--node-modules-dir=none"];
    const { success, stdout, stderr } = await new Deno.Command(program, {
      args: [...words, "test", ...flags, `--junit-path=${windowsPath(report)}`, windowsPath(file)],
      cwd: root,
      env,
      stdin: "null",
      signal: AbortSignal.timeout(minutes * 60_000),
    }).output();
    const counts = countRun(success, await Deno.readTextFile(report) || undefined);
    say(`${relative(root, file)}: ${countLine(counts)}`);
    const decoder = new TextDecoder();
    if (counts.failed > 0) say(decoder.decode(stdout) + decoder.decode(stderr));
    return counts;
  } finally {
    await Deno.remove(report);
  }
}

function say(text: string): void {
  Deno.stdout.writeSync(new TextEncoder().encode(`${text}\n`));
}
