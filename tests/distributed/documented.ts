/** Runs what docs/several_machines.md tells others to run, with stand-ins for programs. */

import { dirname, join } from "@std/path";
import { Command } from "commander";
import assert from "node:assert/strict";
import { addTrainFlags, readTrainFlags, type TrainFlags } from "../../lib/cli/flags/train_flags.ts";
import { readTFConfig } from "../../lib/distributed/processes/tf_config.ts";
import type { ClusterSpec } from "../../lib/engine/cluster.ts";

const text = await Deno.readTextFile(new URL("../../docs/several_machines.md", import.meta.url));

/** The document's blocks of a language below a heading; there must be so many. */
export function blocksOf(heading: string, language: string, count: number): string[] {
  const section = text.split(/^## /m).find((part) => part.startsWith(`${heading}\n`)) ?? "";
  const blocks = [...section.matchAll(/^```(\w*)\n(.*?)^```$/gms)]
    .filter(([, name]) => name === language)
    .map(([, , block]) => block!);
  assert.equal(blocks.length, count, `blocks of ${language} below ${heading}`);
  return blocks;
}

/** What a worker was started as. */
export interface Started {
  readonly place: ClusterSpec | undefined;
  readonly flags: TrainFlags;
}

/** A stand-in for Deno, which writes down what it was told where `STARTED` says. */
const deno = `
if [ "$1 $2" != "task train" ]; then exit 1; fi
shift 2
printf '%s' "$TF_CONFIG" >"$STARTED.config"
printf '%s\\n' "$@" >"$STARTED.flags"
`;

/** Runs a program in a folder, with scripts of the shell in place of others. */
export async function runWith(
  standIns: Readonly<Record<string, string>>,
  { folder, words: [program, ...args], env }: {
    readonly folder: string;
    readonly words: readonly string[];
    readonly env: Readonly<Record<string, string>>;
  },
): Promise<void> {
  const programs = join(folder, "programs");
  await Deno.mkdir(programs, { recursive: true });
  for (const [name, script] of Object.entries({ deno, ...standIns })) {
    await Deno.writeTextFile(join(programs, name), `#!/bin/sh\n${script}`, { mode: 0o755 });
  }
  const { success, stderr } = await new Deno.Command(program!, {
    args,
    cwd: folder,
    env: { ...env, PATH: `${programs}:${Deno.env.get("PATH")}` },
  }).output();
  assert.ok(success, new TextDecoder().decode(stderr));
}

/** What the stand-in for Deno wrote down; flags that `train` does not have fail. */
export async function readStarted(started: string): Promise<Started> {
  const [config, words] = await Promise.all(
    ["config", "flags"].map((name) => Deno.readTextFile(`${started}.${name}`)),
  );
  const command = addTrainFlags(new Command()).exitOverride();
  command.parse(words!.trimEnd().split("\n"), { from: "user" });
  return { place: readTFConfig(config!), flags: readTrainFlags(command) };
}

/** Makes a run's folder look as if training had begun. */
export async function beginRun(folder: string, run: string): Promise<void> {
  const path = join(folder, run, "run.json");
  await Deno.mkdir(dirname(path), { recursive: true });
  await Deno.writeTextFile(path, "{}");
}
