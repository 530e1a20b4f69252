/**
 * Kills or stops one of two workers at random moments, the chief included, and resumes: every other
 * worker must have ended within ten seconds, and the run must end, to the last bit, as one that was left
 * alone.
 *
 * ```sh
 * deno task dev:soak-cluster --losses 20
 * ```
 *
 * @module
 */

// deno-lint-ignore-file no-console -- a benchmark prints what it finds

import { join } from "@std/path";
import { Command } from "commander";
import assert from "node:assert/strict";
import { whole } from "../../lib/cli/flags/options.ts";
import { randomStream } from "../../lib/random/stream.ts";
import { requireBroken, trainToEnd, trainTogether } from "../distributed/killed_cluster.ts";
import { inFolder } from "../in_folder.ts";
import { readFlags } from "../read_flags.ts";
import { fingerprint, leftOvers } from "../training/fingerprint.ts";
import { stepsOf } from "../training/killed_run.ts";
import { writeTiny } from "../training/tiny_set.ts";

const command = new Command("deno task dev:soak-cluster")
  .description("Kills or stops workers at random, and compares how training ends.")
  .option("--losses <n>", "how many in all", whole("--losses", 1), 20)
  .option("--workers <n>", "of a cluster", whole("--workers", 2), 2)
  .option("--epochs <n>", "of a training", whole("--epochs", 1), 200)
  .option("--seed <n>", "decides when who is lost, and how", whole("--seed", 0), 1);
const { losses: wanted, workers, epochs, seed } = readFlags<{
  losses: number;
  workers: number;
  epochs: number;
  seed: number;
}>(command);
/** Steps of an epoch: 24 images in batches of 7. */
const epochSteps = 4;
/** Milliseconds after a checkpoint in which a worker is lost: more than many steps take. */
const jitter = 500;
await inFolder(soak);

async function soak(folder: string): Promise<void> {
  const data = join(folder, "data");
  await writeTiny(data);
  const args = [
    ...["--data", data, "--model", "A", "--width", "0.0625", "--size", "32", "--batch", "7"],
    ...["--epochs", `${epochs}`, "--precision", "float32", "--checkpoint-minutes", "0.001"],
  ];
  const alone = await trainToEnd({ workers, args, directory: join(folder, "alone") });
  const expected = await fingerprint(alone);

  const random = randomStream("losses", seed);
  const waits: number[] = [];
  for (let runs = 1; waits.length < wanted; runs++) {
    const run = { workers, args, directory: join(folder, `run-${runs}`) };
    // Until it ended before anybody was lost.
    while (waits.length < wanted) {
      const to = random.integer(0, workers - 1);
      const name = random.uniform(0, 1) < 0.5 ? "SIGKILL" : "SIGSTOP";
      const { directory } = run;
      const steps = random.integer(await stepsOf(directory) ?? 0, epochSteps * epochs);
      const after = random.uniform(0, jitter);
      const ends = await trainTogether(run, { to, name, after, once: { directory, steps } });
      if (!requireBroken(ends, to)) break;
      const others = ends.filter((_, index) => index !== to);
      waits.push(Math.max(...others.map(({ seconds }) => seconds!)));
      console.log(
        `${waits.length}: worker ${to}, ${name}, with a checkpoint of ${await stepsOf(
          directory,
        )} steps; the others ended within ${waits.at(-1)!.toFixed(1)} s`,
      );
    }
    const resumed = await trainToEnd(run);
    assert.deepEqual(await fingerprint(resumed), expected);
    assert.deepEqual(leftOvers(run.directory), []);
    console.log(`run ${runs}: the same to the last bit`);
  }
  console.log(
    `${waits.length} losses: every other worker ended within ${Math.max(...waits).toFixed(1)} s, ` +
      "and every run ended as the one left alone",
  );
}
