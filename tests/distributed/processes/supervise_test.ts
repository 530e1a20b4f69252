import { join } from "@std/path";
import assert from "node:assert/strict";
import { Children } from "../../../lib/distributed/processes/children.ts";
import { supervise } from "../../../lib/distributed/processes/supervise.ts";
import { inFolder } from "../../in_folder.ts";
import { shellWorkers, testWithShell } from "../support.ts";

/** The result of supervising: the status, the messages, and which attempts resumed. */
interface Outcome {
  readonly status: number;
  readonly said: readonly string[];
  readonly resumes: readonly boolean[];
}

/** Supervises attempts, each with a script per worker; a file `run` in the folder can be resumed. */
async function attempt(
  folder: string,
  tries: readonly (readonly string[])[],
  { restarts, grace = 15_000 }: { restarts: number; grace?: number },
): Promise<Outcome> {
  const said: string[] = [], resumes: boolean[] = [];
  const say = (line: string): number => said.push(line);
  using children = new Children({ say, grace });
  const status = await supervise({
    children,
    commands: (resume) => {
      const scripts = tries[resumes.length]!;
      resumes.push(resume);
      return shellWorkers(...scripts.map((script) => `cd '${folder}'; ${script}`));
    },
    restarts,
    canResume: () => Deno.stat(join(folder, "run")).then(() => true, () => false),
    say,
  });
  return { status, said, resumes };
}

testWithShell(
  "supervise() restarts all processes after a loss, from the last checkpoint if there is one",
  () =>
    inFolder(async (folder) => {
      const { status, said, resumes } = await attempt(folder, [
        ["sleep 0.1; exit 75", "kill -KILL $$"],
        ["touch run; exit 75", "exit 75"],
        ["exit 0", "exit 0"],
      ], { restarts: 3 });
      assert.equal(status, 0);
      assert.deepEqual(resumes, [false, false, true]);
      assert.equal(
        said[0],
        "worker 1 was killed (SIGKILL); starting again from the beginning, 1 of 3",
      );
      assert.match(
        said[1]!,
        /^worker \d lost another worker; starting again from the last checkpoint, 2 of 3$/,
      );
      assert.equal(said.length, 2);
    }),
);

testWithShell(
  "supervise() restarts after a suspended worker has been killed",
  () =>
    inFolder(async (folder) => {
      const tries = [["exit 75", "kill -STOP $$"], ["exit 0", "exit 0"]];
      const { status, said } = await attempt(folder, tries, { restarts: 1, grace: 100 });
      assert.equal(status, 0);
      assert.match(said[0]!, /^worker 1 hung and was killed; starting again /);
    }),
);

testWithShell(
  "supervise() restarts up to the limit, and ends with the chief's status",
  () =>
    inFolder(async (folder) => {
      const lost = ["exit 75", "sleep 0.1; kill -SEGV $$"];
      const none = await attempt(folder, [lost], { restarts: 0 });
      assert.deepEqual(none, {
        status: 75,
        said: ["worker 1 was killed (SIGSEGV)"],
        resumes: [false],
      });
      const { status, said, resumes } = await attempt(folder, [lost, lost, lost], { restarts: 2 });
      assert.equal(status, 75);
      assert.equal(resumes.length, 3);
      assert.equal(said.at(-1), "worker 1 was killed (SIGSEGV), and no restarts are left");
    }),
);

for (const status of [0, 1, 2, 129, 130, 143]) {
  testWithShell(
    `supervise() never starts again after status ${status}`,
    () =>
      inFolder(async (folder) => {
        const outcome = await attempt(folder, [[`exit ${status}`, "exit 75"]], { restarts: 3 });
        assert.equal(outcome.resumes.length, 1);
        assert.deepEqual(outcome.said, []);
        assert.equal(outcome.status, status || 75);
      }),
  );
}

testWithShell("supervise() does not restart after a signal", async () => {
  for (const asks of ["while running", "in the pause"]) {
    let tries = 0;
    const ask = (): void => Deno.kill(Deno.pid, "SIGTERM");
    using children = new Children({ say: () => {} });
    const status = await supervise({
      children,
      commands: () => {
        tries += 1;
        if (asks === "while running") queueMicrotask(ask);
        return shellWorkers(asks === "while running" ? "exec sleep 1000" : "exit 75");
      },
      restarts: 3,
      canResume: () => Promise.resolve(false),
      pause: 1_000_000,
      say: () => setTimeout(ask, 50),
    });
    assert.equal(tries, 1, asks);
    assert.equal(status, 143);
  }
});
