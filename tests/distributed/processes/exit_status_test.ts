import { join } from "@std/path";
import assert from "node:assert/strict";
import {
  type ExitStatus,
  mayRestart,
  reasonOf,
  statusOf,
} from "../../../lib/distributed/processes/exit_status.ts";
import { inFolder } from "../../in_folder.ts";
import { isRunning, scriptWords, start, testWithProc, until } from "../support.ts";

/** Endings in chronological order. */
function endings(...all: readonly Partial<ExitStatus>[]): ExitStatus[] {
  return all.map((ending, index) => ({
    index,
    name: `worker ${ending.index ?? index}`,
    code: 0,
    signal: null,
    overdue: false,
    ...ending,
  }));
}

const killed = { code: 137, signal: "SIGKILL" } as const;

/** Endings, whether training may be restarted, and the common status. */
const cases: readonly [string, ExitStatus[], boolean, number][] = [
  ["all went well", endings({}, {}), false, 0],
  ["a worker was killed", endings({ index: 1, ...killed }, { index: 0, code: 75 }), true, 75],
  ["the chief was killed", endings({ ...killed }, { code: 75 }), true, 137],
  ["the chief was killed last", endings({ index: 1 }, { index: 0, ...killed }), true, 137],
  ["a worker was killed last", endings({ index: 0 }, { index: 1, ...killed }), false, 137],
  // The status of an access violation, as Deno gives it on Windows.
  ["the chief crashed on Windows", endings({ code: -1073741819 }), true, -1073741819],
  ["the cluster broke", endings({ code: 75 }), true, 75],
  ["the user asked", endings({ code: 130 }, { code: 130 }), false, 130],
  ["the input is bad", endings({ index: 1, code: 2 }, { index: 0, code: 2 }), false, 2],
  ["a worker failed", endings({ index: 1, code: 1 }, { index: 0, code: 75 }), false, 1],
  [
    "a worker failed and one hung",
    endings({ index: 1, code: 1 }, { index: 0, ...killed }),
    false,
    1,
  ],
];

for (const [what, all, again, status] of cases) {
  Deno.test(`where ${what}, the status is ${status}, and ${again ? "a" : "no"} restart follows`, () => {
    assert.equal(mayRestart(all), again);
    assert.equal(statusOf(all), status);
  });
}

Deno.test("reasonOf() prefers a killed process, then one that hung, then one that lost another", () => {
  const broke = { index: 0, code: 75 };
  assert.equal(reasonOf(endings(broke, { index: 1, ...killed })), "worker 1 was killed (SIGKILL)");
  assert.equal(
    reasonOf(endings({ code: -1073741819 })),
    "worker 0 crashed (status 0xC0000005)",
  );
  const hung = { index: 2, ...killed, overdue: true };
  assert.equal(reasonOf(endings(broke, hung)), "worker 2 hung and was killed");
  assert.equal(
    reasonOf(endings(hung, { index: 1, code: 139, signal: "SIGSEGV" })),
    "worker 1 was killed (SIGSEGV)",
  );
  assert.equal(reasonOf(endings(broke)), "worker 0 lost another worker");
});

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
