import { join } from "@std/path";
import assert from "node:assert/strict";
import { ownCommand } from "../../lib/distributed/processes/own_command.ts";
import { evaluate } from "../../lib/evaluation/evaluate.ts";
import { listDir } from "../../lib/files/read.ts";
import { openRun } from "../../lib/runs/run.ts";
import { assertClose } from "../assert_close.ts";
import { inFolder } from "../in_folder.ts";
import { fingerprint, leftOvers } from "../training/fingerprint.ts";
import { writeTiny } from "../training/tiny_set.ts";
import { inCluster, testOfWorkers } from "./in_cluster.ts";
import { requireBroken, trainToEnd, trainTogether } from "./killed_cluster.ts";

/** A net that is trained in seconds; batches of 7 of 24 images leave a last one of 3. */
const args = [
  ...[
    "--model",
    "A",
    "--width",
    "0.0625",
    "--size",
    "32",
    "--batch",
    "7",
    "--precision",
    "float32",
  ],
  ...["--recipe", "fast", "--dropout", "0.5", "--checkpoint-minutes", "0.001"],
];

async function inTiny(
  test: (words: { readonly folder: string; readonly tiny: string[] }) => Promise<void>,
): Promise<void> {
  await inFolder(async (folder) => {
    const data = join(folder, "data");
    await writeTiny(data);
    await test({ folder, tiny: ["--data", data, ...args] });
  });
}

testOfWorkers(
  "train --workers gives what one worker gives, in one folder",
  () =>
    inTiny(async ({ folder, tiny }) => {
      const directory = join(folder, "together");
      const words = ownCommand(["train", "--run", directory, "--workers", "2", ...tiny]);
      const command = [...words, "--epochs", "1", "--tensorboard"];
      const { code, stderr } = await new Deno.Command(command[0]!, { args: command.slice(1) })
        .output();
      assert.equal(code, 0, new TextDecoder().decode(stderr));
      const alone = {
        workers: 1,
        args: [...tiny, "--epochs", "1"],
        directory: join(folder, "alone"),
      };
      const [one, two] = [await trainToEnd(alone), await openRun(directory)];
      const [expected, history] = [await one.history(), await two.history()];
      assert.equal(two.record.status, "finished");
      assert.equal(two.record.hardware["workers"], 2);
      const events = await listDir(join(directory, "tensorboard/train"));
      assert.equal(events.length, 1, "one worker alone writes event files");
      assertClose(history.map(({ loss }) => loss), expected.map(({ loss }) => loss), 1e-3);
      assert.deepEqual(history.map(({ lr }) => lr), expected.map(({ lr }) => lr));
      const together = await two.evaluation();
      const evaluated = await evaluate(two, { output: join(folder, "evaluated") });
      assertClose([together.loss], [evaluated.loss], 1e-6);
      assert.deepEqual(together.confusion, evaluated.confusion);
    }),
);

testOfWorkers(
  "a run of workers that were killed or stopped goes on to the same last bit",
  () =>
    inTiny(async ({ folder, tiny }) => {
      const long = [...tiny, "--epochs", "40"];
      const whole = await trainToEnd({ workers: 2, args: long, directory: join(folder, "whole") });
      const directory = join(folder, "killed");
      const run = { workers: 2, args: long, directory };
      for (const [to, name, steps] of [[1, "SIGKILL", 30], [0, "SIGSTOP", 70]] as const) {
        const ends = await trainTogether(run, { to, name, after: 0, once: { directory, steps } });
        assert.ok(requireBroken(ends, to), `all had ended before ${name} came`);
      }
      const resumed = await trainToEnd(run);
      assert.deepEqual(await fingerprint(resumed), await fingerprint(whole));
      assert.deepEqual(leftOvers(resumed.directory), []);
    }),
);

testOfWorkers(
  "Ctrl-C on any worker ends all after the same step, and the run can go on",
  () =>
    inTiny(async ({ folder, tiny }) => {
      const run = {
        workers: 2,
        args: [...tiny, "--epochs", "400"],
        directory: join(folder, "run"),
      };
      const once = { directory: run.directory, steps: 10 };
      const ends = await trainTogether(run, { to: 1, name: "SIGINT", after: 0, once });
      assert.deepEqual(ends.map(({ code }) => code), [130, 130], ends.map(({ err }) => err).join());
      assert.equal((await openRun(run.directory)).record.status, "interrupted");
    }),
);

testOfWorkers(
  "a worker with other settings than the chief's says so, and all end",
  () =>
    inTiny(async ({ folder, tiny }) => {
      const words = [7, 8].map((batch) =>
        ownCommand([
          ...["train", "--run", join(folder, "run"), ...tiny, "--epochs", "3"],
          ...["--batch", `${batch}`],
        ])
      );
      const [chief, worker] = await inCluster({ words });
      assert.deepEqual([chief!.code, worker!.code], [75, 2]);
      assert.match(
        worker!.err,
        /^error: changes\.batchSize \(--batch\) must be the chief's, 7, or not .*: 8$/m,
      );
      assert.match(chief!.err, /^error: .*worker 1 .*is gone/m);
    }),
);
