import assert from "node:assert/strict";
import { join } from "@std/path";
import { inFolder } from "../../in_folder.ts";
import { isRunning, scriptWords, start, testWithProc, until } from "../support.ts";

/** Waits until the stand-ins of these names have written their process ids. */
async function pidsOf(folder: string, ...names: readonly string[]): Promise<number[]> {
  const pids: number[] = [];
  for (const name of names) {
    const read = (): Promise<string> => Deno.readTextFile(join(folder, name)).catch(() => "");
    await until(async () => (await read()).endsWith("\n"));
    pids.push(Number(await read()));
  }
  assert.ok(pids.every(isRunning), pids.join(", "));
  return pids;
}

async function kill(process: Deno.ChildProcess): Promise<void> {
  process.kill("SIGKILL");
  await Promise.all([process.status, process.stdout.cancel(), process.stderr.cancel()]);
}

testWithProc(
  "no worker outlives a kill of who started all, not even one that is stopped",
  () =>
    inFolder(async (folder) => {
      const outer = start(scriptWords("generations_process.ts", "outer", folder));
      const pids = await pidsOf(folder, "inner", "worker", "stopped");
      await kill(outer);
      await until(() => !pids.some(isRunning));
    }),
);

testWithProc(
  "a worker ends by itself when the process that watches over it is killed",
  () =>
    inFolder(async (folder) => {
      const inner = start(scriptWords("generations_process.ts", "inner", folder, `${Deno.pid}`));
      const [worker, stopped] = await pidsOf(folder, "worker", "stopped");
      await kill(inner);
      await until(() => !isRunning(worker!));
      Deno.kill(stopped!, "SIGKILL");
    }),
);
