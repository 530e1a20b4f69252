/**
 * Kills a training at random (SIGKILL) and resumes it, many times over, and compares what comes out to
 * the last bit with a training that was left alone.
 *
 * ```sh
 * deno task dev:soak-kills --kills 50 --epochs 1500 --life 20
 * ```
 *
 * @module
 */

// deno-lint-ignore-file no-console -- a benchmark prints what it finds

import { join } from "@std/path";
import { Command } from "commander";
import assert from "node:assert/strict";
import { number, whole } from "../../lib/cli/flags/options.ts";
import { randomStream } from "../../lib/random/stream.ts";
import { inFolder } from "../in_folder.ts";
import { readFlags } from "../read_flags.ts";
import { fingerprint, leftOvers } from "../training/fingerprint.ts";
import { trainKilled } from "../training/killed_run.ts";
import { writeTiny } from "../training/tiny_set.ts";

const command = new Command("deno task dev:soak-kills")
  .description("Kills a training at random, and compares how it ends with one that was left alone.")
  .option("--kills <n>", "how many in all", whole("--kills", 1), 50)
  .option("--engine <name>", "what computes", "tensorflow")
  .option("--epochs <n>", "of a training", whole("--epochs", 1), 1500)
  .option("--life <seconds>", "the longest that a process lives", number("--life", 0), 20)
  .option("--width <factor>", "factor on all channels", number("--width", 0), 0.25)
  .option("--seed <n>", "decides when they are killed", whole("--seed", 0), 1);
const { kills: wanted, engine, epochs, life, width, seed } = readFlags<{
  kills: number;
  engine: string;
  epochs: number;
  life: number;
  width: number;
  seed: number;
}>(command);
/** The longest life of a process, in milliseconds: its start takes seconds, and may be killed too. */
const longest = 1000 * life;
await inFolder(soak);

async function soak(folder: string): Promise<void> {
  const data = join(folder, "data");
  await writeTiny(data);
  const args = [
    ...["--data", data, "--engine", engine, "--model", "A", "--width", `${width}`, "--size", "32"],
    ...["--epochs", `${epochs}`, "--batch", "8", "--checkpoint-minutes", "0.005"],
  ];
  const started = performance.now();
  const whole = await trainKilled({ args, directory: join(folder, "whole"), lives: [] });
  const seconds = (performance.now() - started) / 1000;
  const expected = await fingerprint(whole.run);
  console.log(`left alone, training takes ${seconds.toFixed(1)} s`);

  const random = randomStream("kills", seed);
  let kills = 0;
  for (let runs = 1; kills < wanted; runs++) {
    const killed = await trainKilled({
      args,
      directory: join(folder, `killed-${runs}`),
      lives: Array.from({ length: wanted - kills }, () => random.uniform(0, longest)),
      onKill: (steps) => console.log(`killed, with a checkpoint of ${steps ?? "no"} steps`),
    });
    kills += killed.kills;
    assert.deepEqual(await fingerprint(killed.run), expected);
    assert.deepEqual(leftOvers(killed.run.directory), []);
    const { length } = killed.run.record.resumed ?? [];
    console.log(
      `run ${runs}: the same to the last bit after ${killed.kills} kills, ${length} resumed`,
    );
  }
  console.log(`${kills} kills: every run ended as the one left alone, and nothing was left behind`);
}
