import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import type { ChildCommand } from "../../lib/distributed/processes/children.ts";

/** Registers a test that starts processes by their words and sends them signals. */
export function testWithShell(name: string, fn: () => Promise<void>): void {
  const ignore = Deno.build.os === "windows";
  Deno.test({ name: name + (ignore ? " (skipped: no shell)" : ""), ignore, fn });
}

/** Registers a test that looks at processes which are not this one's children. */
export function testWithProc(name: string, fn: () => Promise<void>): void {
  const ignore = Deno.build.os !== "linux";
  Deno.test({ name: name + (ignore ? " (skipped: no /proc)" : ""), ignore, fn });
}

/** Stand-ins for workers: a script of the shell each. */
export function shellWorkers(...scripts: readonly string[]): ChildCommand[] {
  return scripts.map((script, index) => ({
    name: `worker ${index}`,
    words: ["sh", "-c", script],
    hasTerminal: false,
  }));
}

/** The words that run a script, by its path from this folder. */
export function scriptWords(name: string, ...args: readonly string[]): string[] {
  const [config, script] = ["../../deno.json", name].map((path) =>
    fileURLToPath(new URL(path, import.meta.url))
  );
  return [Deno.execPath(), "run", "-A", "--no-check", "-q", "--config", config!, script!, ...args];
}

/** Starts a process whose output is read, in a group of its own as a terminal's commands are. */
export function start([program, ...args]: readonly string[]): Deno.ChildProcess {
  return new Deno.Command(program!, {
    args,
    detached: true,
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
}

/** Waits until something holds; a minute without it fails the test, lest it hang. */
export async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  for (const start = Date.now(); !await holds();) {
    assert.ok(Date.now() - start < 60_000, `not within a minute: ${holds}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** Whether a process runs; one that has ended and waits for its parent's look does not. */
export function isRunning(pid: number): boolean {
  try {
    return !/^State:\s+Z/m.test(Deno.readTextFileSync(`/proc/${pid}/status`));
  } catch {
    return false;
  }
}

const unshared = await canUnshare();

async function canUnshare(): Promise<boolean> {
  try {
    const command = new Deno.Command("unshare", { args: ["-rn", "true"], stderr: "null" });
    return (await command.output()).success;
  } catch {
    return false;
  }
}

/**
 * Registers a test in a private network, which is skipped with a word where there can be none.
 *
 * @param unless Another reason to skip it.
 */
export function testInNetwork(name: string, fn: () => Promise<void>, unless?: string): void {
  const reason = unshared ? unless : "no unshare -rn";
  const ignore = reason !== undefined;
  Deno.test({ name: name + (ignore ? ` (skipped: ${reason})` : ""), ignore, fn });
}
