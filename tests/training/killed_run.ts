import { join } from "@std/path";
import { Command } from "commander";
import assert from "node:assert/strict";
import { addTrainFlags, readTrainFlags } from "../../lib/cli/flags/train_flags.ts";
import { isFile } from "../../lib/data/sources/folders.ts";
import { openRun, type Run, runFiles } from "../../lib/runs/run.ts";
import { childFlags } from "../child_flags.ts";

/** What is trained, and how it is killed. */
export interface KillOptions {
  /** Of `deno task train`, but for the run's folder. */
  readonly args: readonly string[];
  readonly directory: string;
  /** Milliseconds until each process is killed; the last one after them is left alone. */
  readonly lives: readonly number[];
  /** Told after each kill how far the run was. */
  readonly onKill?: (steps: number | undefined) => void;
}

/**
 * Trains a run in processes that are killed one after the other, and resumes it each time.
 *
 * @returns The run once it is finished, and how many processes died by a kill.
 */
export async function trainKilled(options: KillOptions): Promise<{ run: Run; kills: number }> {
  let kills = 0;
  for (const life of options.lives) {
    if (await loadOrTrain(options, life)) break;
    kills += 1;
    options.onKill?.(await stepsOf(options.directory));
  }
  if (kills === options.lives.length) assert.ok(await loadOrTrain(options));
  return { run: await openRun(options.directory), kills };
}

const root = new URL("../../", import.meta.url);

/** Whether a process came to its end, or was killed before. */
async function loadOrTrain({ args, directory }: KillOptions, life?: number): Promise<boolean> {
  const hasBegun = await isFile(join(directory, runFiles.record));
  const child = new Deno.Command(Deno.execPath(), {
    args: [
      ...["run", "-A", ...childFlags, "lib/cli.ts", "train", "--run", directory],
      ...(hasBegun ? resumeArgs(args) : args),
    ],
    cwd: root,
    stdin: "null",
    stdout: "null",
    stderr: "piped",
  }).spawn();
  const kill = (): void => {
    try {
      child.kill("SIGKILL");
    } catch {
      // It has just ended by itself.
    }
  };
  const killer = life === undefined ? undefined : setTimeout(kill, life);
  const { code, signal, stderr } = await child.output();
  clearTimeout(killer);
  if (signal === "SIGKILL") return false;
  assert.equal(code, 0, new TextDecoder().decode(stderr));
  return true;
}

/** The flags to resume a run with that was begun with others. */
export function resumeArgs(args: readonly string[]): string[] {
  const command = addTrainFlags(new Command()).parse(args, { from: "user" });
  return ["--resume", ...readTrainFlags(command).resumeWords];
}

/** Of the newest checkpoint in a run's folder, if there is one. */
export async function stepsOf(directory: string): Promise<number | undefined> {
  const folder = join(directory, "weights/last");
  const names = await Array.fromAsync(Deno.readDir(folder), ({ name }) => name).catch(() => []);
  const steps = names.map((name) => /^step-(\d+)\.safetensors$/.exec(name)?.[1]).filter(Boolean);
  return steps.length === 0 ? undefined : Math.max(...steps.map(Number));
}
