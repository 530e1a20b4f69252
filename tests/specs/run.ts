/**
 * Runs TensorFlow.js's own specs and tfjs-node's, and says last how many passed, failed and were
 * skipped. Without arguments: in every mode, each in a process of its own. With one: in that mode alone.
 * A second, a regular expression, picks specs by their names.
 */
import { LibraryError } from "../../lib/engine/errors.ts";
import { addCounts, countLine, type Counts } from "../runner/counts.ts";
import { type Mode, modes } from "./modes.ts";
import { describe, runMode } from "./run_mode.ts";

const names = Object.keys(modes);
const [wanted, pattern = ""] = Deno.args;
const counts = wanted === undefined ? await runAll() : await runOne(wanted);
say(countLine(counts));
Deno.exit(counts.failed > 0 ? 1 : 0);

async function runOne(name: string): Promise<Counts> {
  const mode = new Map<string, Mode>(Object.entries(modes)).get(name);
  if (!mode) throw new Error(`the specs run as ${names.join(", ")}. Received: ${name}`);
  try {
    const verdict = await runMode(mode, new RegExp(pattern), say);
    for (const line of describe(verdict)) say(line);
    return verdict.counts;
  } catch (error) {
    if (!(error instanceof LibraryError)) throw error;
    say(`no native engine, its specs are skipped: ${error.message}`);
    return { passed: 0, failed: 0, skipped: 1 };
  }
}

async function runAll(): Promise<Counts> {
  const all: Counts[] = [];
  for (const name of names) {
    say(`== specs: ${name}`);
    all.push(await runApart(name));
  }
  return addCounts(all);
}

/** A process that ends without its counts is one failure. */
async function runApart(name: string): Promise<Counts> {
  const command = new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--no-check", import.meta.filename ?? "", name],
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  });
  const { stdout, stderr } = await command.output();
  const text = new TextDecoder().decode(stdout);
  say(text.trimEnd());
  const counts = readCounts(text);
  // Specs warn and complain on purpose: only where the process died does it matter.
  if (!counts) say(new TextDecoder().decode(stderr).trimEnd());
  return counts ?? { passed: 0, failed: 1, skipped: 0 };
}

function readCounts(text: string): Counts | undefined {
  const line = /^(\d+) passed, (\d+) failed(?:, (\d+) skipped)?$/m.exec(text);
  return line
    ? { passed: Number(line[1]), failed: Number(line[2]), skipped: Number(line[3] ?? 0) }
    : undefined;
}

function say(line: string): void {
  Deno.stdout.writeSync(new TextEncoder().encode(`${line}\n`));
}
