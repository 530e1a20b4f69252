import { join } from "@std/path";
import assert from "node:assert/strict";
import { isFile } from "../../lib/data/sources/folders.ts";
import { findLibrary } from "../../lib/engine/tensorflow/library/find_library.ts";
import { openRun } from "../../lib/runs/run.ts";
import { testInNetwork, testWithProc, testWithShell, until } from "../distributed/support.ts";
import { inFolder } from "../in_folder.ts";
import { writeTiny } from "../training/tiny_set.ts";
import { type Ended, vgg, vggCommand } from "./support.ts";

Deno.test("train refuses --workers beside TF_CONFIG, in one line", async () => {
  const { code, err } = await vgg(["train", "--workers", "2"], { TF_CONFIG: "{}" });
  assert.equal(code, 2);
  assert.match(
    err,
    /^error: workers come either from --workers or from TF_CONFIG\. Received: --workers 2 and TF_CONFIG\n$/,
  );
});

testWithShell(
  "train says in one line why there can be no private network, and what else can be done",
  () =>
    inFolder(async (folder) => {
      const path = join(folder, "unshare");
      await Deno.writeTextFile(path, "#!/bin/sh\necho unshare: not permitted >&2\nexit 1\n");
      await Deno.chmod(path, 0o755);
      for (
        const [programs, why] of [[folder, "unshare: not permitted"], [join(folder, "none"), ""]]
      ) {
        const { code, err } = await vgg(["train", "--workers", "2"], { PATH: programs! });
        assert.equal(code, 2);
        assert.match(err, /^error: workers of one machine need a private network .*TF_CONFIG.*\n$/);
        assert.ok(err.includes(why!), err);
      }
    }),
);

const library = await findLibrary();

testInNetwork("train --workers ends with what its workers say, and their status", async () => {
  const { code, out, err } = await vgg(["train", "--workers", "2", "--data", "nowhere"]);
  assert.equal(code, 2, err);
  assert.equal(out, "");
  assert.match(err, /^error: data must be drawn10, .*Received: .*[\\/]nowhere\n$/);
}, library ? undefined : "no native engine, see deno task setup");

/** Starts a training that would be started again, in a new group, and waits until its run is there. */
async function startTraining(
  folder: string,
  epochs: number,
): Promise<{ child: Deno.ChildProcess; end: Promise<Ended>; directory: string }> {
  const [data, directory] = [join(folder, "data"), join(folder, "run")];
  await writeTiny(data);
  const flags = [
    ...["--data", data, "--run", directory, "--restarts", "2", "--engine", "wasm"],
    ...["--model", "A", "--width", "0.25", "--size", "32", "--batch", "8"],
  ];
  const env = { LD_LIBRARY_PATH: join(folder, "nowhere") };
  const child = vggCommand(["train", ...flags, "--epochs", `${epochs}`], env, ["setsid"]).spawn();
  const end = Promise.all([
    child.status,
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
  ]).then(([{ code }, out, err]) => ({ code, out, err }));
  let hasEnded = false;
  end.then(() => hasEnded = true);
  await until(async () => hasEnded || await isFile(join(directory, "run.json")));
  return { child, end, directory };
}

testWithProc(
  "train --restarts goes on after a kill by itself, whatever the linker is told",
  () =>
    inFolder(async (folder) => {
      const { child, end, directory } = await startTraining(folder, 4);
      Deno.kill(await onlyChildOf(child.pid), "SIGKILL");
      const { code, out, err } = await end;
      assert.equal(code, 0, err);
      assert.match(
        err,
        /^the training was killed \(SIGKILL\); starting again from the last checkpoint, 1 of 2$/m,
      );
      assert.match(out, /^epoch +4 /m);
      const { record } = await openRun(directory);
      assert.equal(record.status, "finished");
      assert.equal(record.resumed?.length, 1);
    }),
);

testWithProc(
  "train --restarts ends after the running step for a signal to all of its processes",
  () =>
    inFolder(async (folder) => {
      const { child, end, directory } = await startTraining(folder, 10_000);
      Deno.kill(-child.pid, "SIGTERM");
      const { code, err } = await end;
      assert.equal(code, 143, err);
      assert.match(err, /^Ending after this step .*\n(.*\n)*To continue: .* --resume$/m);
      assert.doesNotMatch(err, /starting again/);
      assert.equal((await openRun(directory)).record.status, "interrupted");
    }),
);

/** The process that another one started. */
async function onlyChildOf(parent: number): Promise<number> {
  const pids = (await Deno.readTextFile(`/proc/${parent}/task/${parent}/children`)).trim();
  assert.match(pids, /^\d+$/);
  return Number(pids);
}
