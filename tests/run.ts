/**
 * Runs the tests, and says last how many passed and failed. Without arguments: formatting, lint,
 * types, documentation and a dry run of publishing, each counted as one test, then the examples in the
 * documentation and all tests but the comparisons with other frameworks (`deno task dev:peers`) and
 * those that need Jupyter (`deno task dev:notebooks`). With arguments: the tests of those files and
 * folders alone.
 */
import "../lib/require_deno.ts";
import { join } from "@std/path";
import { LibraryError } from "../lib/engine/errors.ts";
import { addCounts, countLine, countRun, type Counts } from "./runner/counts.ts";

const root = join(import.meta.dirname ?? ".", "..");

/** What must hold of the text of the project. */
const checks = [
  ["fmt", "--check"],
  ["lint"],
  ["check", "lib", "tests", "notebooks"],
  ["run", "-A", "tests/examples.ts"],
  ["run", "-A", "tests/doc_lint.ts"],
  // Fails for types that JSR calls slow. It publishes nothing.
  ["publish", "--quiet", "--dry-run", "--allow-dirty"],
];

const counts: Counts[] = [];
if (Deno.args.length === 0) {
  for (const check of checks) counts.push(await runCheck(check));
}
await readyEngine();
const all = ["--doc", "--ignore=tests/peers,tests/notebooks", "tests", "lib"];
counts.push(await runTests(Deno.args.length > 0 ? Deno.args : all));
const total = addCounts(counts);
// A process that died may have left half a line.
say(`\n${countLine(total)}`);
Deno.exit(total.failed > 0 ? 1 : 0);

async function runCheck(words: readonly string[]): Promise<Counts> {
  const success = await deno(words);
  say(`deno ${words.join(" ")} … ${success ? "ok" : "FAILED"}`);
  return { passed: +success, failed: +!success, skipped: 0 };
}

/** The tests of the native engine are skipped where it is refused or cannot be had. */
async function readyEngine(): Promise<void> {
  try {
    // Imported here, since an older Deno fails as it links this module, before it is told.
    const { readyLibrary } = await import("../lib/engine/tensorflow/library/find_library.ts");
    const { path } = await readyLibrary({ onMessage: say });
    say(`native engine: ${path}`);
  } catch (error) {
    if (!(error instanceof LibraryError)) throw error;
    say(`no native engine, its tests are skipped: ${error.message}`);
  }
}

async function runTests(words: readonly string[]): Promise<Counts> {
  const folder = await Deno.makeTempDir({ prefix: "vgg-tests-" });
  try {
    const report = join(folder, "report.xml");
    // Types are checked above; whole folders of tests would be checked again.
    const success = await deno(["test", "-A", "--no-check", `--junit-path=${report}`, ...words]);
    return countRun(success, await Deno.readTextFile(report).catch(() => undefined));
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

async function deno(args: readonly string[]): Promise<boolean> {
  const command = new Deno.Command(Deno.execPath(), {
    args: [...args],
    cwd: root,
    stdin: "null",
    stdout: "inherit",
    stderr: "inherit",
  });
  return (await command.output()).success;
}

function say(line: string): void {
  Deno.stdout.writeSync(new TextEncoder().encode(`${line}\n`));
}
