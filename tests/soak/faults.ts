/**
 * Lets random faults happen while a small net is trained, evaluated, reported and exported: killed
 * processes, calls of the system that fail, full disks, damaged files, loss of power. After each, every
 * file of the run is read, and must say what it said at some moment of a run without a fault, or be refused
 * in one line; then the run must come to the same end to the last bit.
 *
 * ```sh
 * deno task dev:soak-faults --faults 500
 * deno task dev:soak-faults --every-call 1 # takes hours; 10 takes minutes
 * ```
 *
 * @module
 */

// deno-lint-ignore-file no-console -- a benchmark prints what it finds

import { join } from "@std/path";
import { Command } from "commander";
import { choice, whole } from "../../lib/cli/flags/options.ts";
import { plainTable } from "../../lib/display/table.ts";
import { type RandomStream, randomStream } from "../../lib/random/stream.ts";
import { inFolder } from "../in_folder.ts";
import { readFlags } from "../read_flags.ts";
import { countCalls, failCall } from "./fail_calls.ts";
import { faultKinds, type Outcome } from "./fault_kinds.ts";
import { KnownStates } from "./known_states.ts";
import { tasks } from "./tiny_task.ts";

const command = new Command("deno task dev:soak-faults")
  .description("Lets random faults happen to runs, and checks every file after each.")
  .option("--faults <n>", "how many", whole("--faults", 1), 100)
  .option("--first <n>", "the number of the first, to repeat one", whole("--first", 0), 0)
  .addOption(choice("--kind <name>", "of which kind (default: all)", Object.keys(faultKinds)))
  .option(
    "--every-call <n>",
    "let each n-th call of the system fail instead",
    whole("--every-call", 1),
  )
  .option("--seed <n>", "decides what happens", whole("--seed", 0), 1);
const { faults, first, kind: only, everyCall, seed } = readFlags<{
  faults: number;
  first: number;
  kind?: string;
  everyCall?: number;
  seed: number;
}>(command);

const outcomes: readonly (Outcome | "wrong")[] = ["not noticed", "done again", "refused", "wrong"];
const counts = new Map<string, Map<string, number>>();
await inFolder(everyCall === undefined ? soak : failCalls);

async function failCalls(folder: string): Promise<void> {
  const known = await KnownStates.gather(folder);
  for (const task of tasks) {
    const run = join(folder, "run");
    const again = async (): Promise<void> => {
      await Deno.remove(run, { recursive: true }).catch(() => {});
      await known.copy(task, run);
    };
    await again();
    const counted = await countCalls(task, run, known);
    for (const code of ["EIO", "ENOSPC", "EMFILE"] as const) {
      let lines = 0, wrong = 0, calls = 0;
      for (let nth = 1; nth <= counted[code]; nth += everyCall!, calls++) {
        await again();
        try {
          if (await failCall(task, run, known, { nth, code }) !== undefined) lines += 1;
        } catch (error) {
          console.log(error instanceof Error ? error.stack : error);
          wrong += 1;
        }
      }
      console.log(
        `${task}: ${calls} of ${counted[code]} calls ended with ${code}: ${lines} lines, ` +
          `${calls - lines - wrong} not noticed, ${wrong} wrong`,
      );
      if (wrong > 0) Deno.exitCode = 1;
    }
  }
}

async function soak(folder: string): Promise<void> {
  const known = await KnownStates.gather(folder);
  for (let index = first; index < first + faults; index++) {
    const random = randomStream("faults", seed, index);
    const drawn = drawKind(random); // Also if it is given: so the rest is drawn alike.
    const kind = only ?? drawn;
    const own = join(folder, `fault-${index}`);
    await Deno.mkdir(own);
    let context = kind;
    const onContext = (text: string): void => void (context = text);
    const outcome = await faultKinds[kind]!.happen({ known, folder: own, random, onContext })
      .catch((error) => {
        console.log(error instanceof Error ? error.stack : error);
        return "wrong" as const;
      });
    await Deno.remove(own, { recursive: true });
    const ofKind = counts.get(kind) ?? new Map<string, number>();
    counts.set(kind, ofKind.set(outcome, (ofKind.get(outcome) ?? 0) + 1));
    console.log(`${index}: ${kind}: ${context}: ${outcome}`);
  }
  console.log(plainTable({
    columns: ["fault", ...outcomes, "all"],
    rows: [...counts].map(([kind, ofKind]) => [
      kind,
      ...outcomes.map((outcome) => ofKind.get(outcome) ?? 0),
      sum(ofKind),
    ]),
  }));
  const wrong = sum(new Map([...counts].map(([kind, ofKind]) => [kind, ofKind.get("wrong") ?? 0])));
  console.log(`${faults} faults, after ${wrong} of which something was wrong`);
  if (wrong > 0) Deno.exitCode = 1;
}

function drawKind(random: RandomStream): string {
  const kinds = Object.entries(faultKinds);
  let left = random.uniform(0, kinds.reduce((total, [, { weight }]) => total + weight, 0));
  return kinds.find(([, { weight }]) => (left -= weight) < 0)![0];
}

function sum(values: ReadonlyMap<string, number>): number {
  return [...values.values()].reduce((total, value) => total + value, 0);
}
