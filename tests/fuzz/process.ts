/**
 * Tries inputs of one target, as a process of its own: what brings it down is not the end of the rest.
 * Its arguments are the target's name, a seed, and the number of inputs; or a path behind them, which
 * repeats one failure. It prints a line of JSON for each batch, and writes the input that it is about to
 * try to the file that the environment names.
 */
import fc from "fast-check";
import { attempt, type Outcome } from "./attempt.ts";
import { targets } from "./targets/mod.ts";

/** What a line of this process says. */
export interface Report {
  readonly inputs: number;
  readonly outcomes: Readonly<Record<Outcome, number>>;
  /** The most memory so far. */
  readonly peakMegabytes: number;
  readonly failure?: { readonly seed: number; readonly path: string; readonly message: string };
}

/** Small, so that a process that hangs is soon known to. */
const batch = 20;

async function main(name: string, seed: number, inputs: number, path = ""): Promise<void> {
  const target = targets.find((target) => target.name === name);
  const arbitrary = await target?.inputs();
  if (!target || !arbitrary) throw new Error(`there is no target ${name} here`);
  const current = Deno.env.get("VGG_FUZZ_CURRENT");
  for (let done = 0; done < inputs; done += batch) {
    const outcomes = { read: 0, refused: 0 };
    const own = path ? seed : seed + done;
    const details = await fc.check(
      fc.asyncProperty(arbitrary, async (input) => {
        if (current) Deno.writeTextFileSync(current, fc.stringify(input));
        outcomes[await attempt(target, input)]++;
      }),
      { seed: own, numRuns: path ? 1 : batch, ...(path ? { path } : {}) },
    );
    const { failed, numRuns, counterexamplePath } = details;
    const failure = {
      seed: own,
      path: counterexamplePath ?? "",
      message: `${fc.stringify(details.counterexample)}\n${details.errorInstance}`,
    };
    const report: Report = {
      ...{ inputs: numRuns, outcomes, peakMegabytes: peakMegabytes() },
      ...(failed ? { failure } : {}),
    };
    Deno.stdout.writeSync(new TextEncoder().encode(JSON.stringify(report) + "\n"));
    if (failed) Deno.exit(1);
  }
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
  const [name, seed, inputs, path] = Deno.args;
  await main(name!, Number(seed), Number(inputs), path);
}
