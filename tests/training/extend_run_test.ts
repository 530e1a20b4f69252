import { join } from "@std/path";
import assert from "node:assert/strict";
import { cp } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import type { Run } from "../../lib/runs/run.ts";
import { findRun } from "../../lib/training/find_run.ts";
import type { TrainOptions } from "../../lib/training/options.ts";
import { train } from "../../lib/training/train.ts";
import { childFlags } from "../child_flags.ts";
import { testWithTensorFlow } from "../engine/tensorflow/support.ts";
import { inFolder } from "../in_folder.ts";
import { fingerprint, leftOvers } from "./fingerprint.ts";
import { stepsOf } from "./killed_run.ts";
import { writeTiny } from "./tiny_set.ts";
import { trainUntil } from "./train_in_pieces.ts";

const network = { configuration: "A", inputSize: 32, width: 1 / 16, dropout: 0.2 } as const;
const batchSize = 8;
/** Of 24 images in batches of 8. */
const stepsOfEpoch = 3;

/** Trains a finished run until it has so many epochs. */
function extend(run: string, epochs: number, options: TrainOptions = {}): Promise<Run> {
  return train({ ...options, run, resume: true, changes: { epochs } });
}

async function copyRun(from: string, to: string): Promise<string> {
  await cp(from, to, { recursive: true });
  return to;
}

testWithTensorFlow(
  "at a constant rate, a finished run that is trained on ends as one of as many epochs, to the last bit",
  () =>
    inFolder(async (folder) => {
      const data = join(folder, "data");
      await writeTiny(data);
      const options: TrainOptions = {
        ...{ data, network: { ...network, width: 1 / 64 }, recipe: "article" },
      };
      const changes = { batchSize, passesPerEpoch: 1 };
      const whole = await train({
        ...options,
        run: join(folder, "whole"),
        changes: { ...changes, epochs: 4 },
      });
      const short = await train({
        ...options,
        run: join(folder, "short"),
        changes: { ...changes, epochs: 2 },
      });
      const longer = await extend(short.directory, 4);
      // Apart from the warning that the short run ended with.
      await longer.update({ warnings: [] });
      await whole.update({ warnings: [] });
      assert.deepEqual(await fingerprint(longer), await fingerprint(whole));
      assert.deepEqual(leftOvers(longer.directory), []);
      assert.deepEqual(
        longer.record.resumed?.map(({ epoch, step, epochs }) => [epoch, step, epochs]),
        [[3, 0, 4]],
      );
      assert.equal(longer.record.recipe.epochs, 4);
    }),
);

testWithTensorFlow(
  "a falling rate is that of a training of all epochs, and the best weights are those of all",
  () =>
    inFolder(async (folder) => {
      const data = join(folder, "data");
      await writeTiny(data);
      const options: TrainOptions = { data, network };
      const run = join(folder, "run");
      const first = await train({ ...options, run, changes: { epochs: 2, batchSize } });
      const before = await first.history();
      const messages: string[] = [];
      const longer = await extend(run, 4, { onMessage: (line) => messages.push(line) });
      const history = await longer.history();
      assert.deepEqual(history.map(({ epoch }) => epoch), [1, 2, 3, 4]);
      assert.deepEqual(history.slice(0, 2), before);
      // The line up ends after a quarter of 12 steps; the line down takes the 8 others after it.
      const rateAt = (step: number): number => 0.05 * (1 - 0.99 * (step - 3) / 8);
      for (const { epoch, lr } of history.slice(2)) {
        assert.ok(Math.abs(lr - rateAt(epoch * stepsOfEpoch - 1)) < 1e-9, `${epoch}: ${lr}`);
      }
      const told = messages.find((line) => line.startsWith("epochs     3 to 4 follow"));
      assert.ok(told?.includes(`starts at ${rateAt(6).toPrecision(3)}, and epoch 2 ended at `));
      const { result } = longer.record;
      assert.equal(result?.epochs, 4);
      const accuracies = history.map(({ val_accuracy }) => val_accuracy);
      assert.equal(result.best_val_accuracy, Math.max(...accuracies));
      assert.equal(history[result.best_epoch - 1]!.val_accuracy, result.best_val_accuracy);
      // It is no run that was begun with four epochs.
      const four = { ...options, changes: { epochs: 4, batchSize } };
      assert.equal(await findRun(four, folder), undefined);
    }),
);

testWithTensorFlow(
  "a run that is killed or interrupted while it is trained on ends as if it never had been",
  () =>
    inFolder(async (folder) => {
      const data = join(folder, "data");
      await writeTiny(data);
      const run = join(folder, "run");
      await train({ data, network, run, changes: { epochs: 2, batchSize } });
      const [interrupted, killed] = await Promise.all(
        ["interrupted", "killed"].map((name) => copyRun(run, join(folder, name))),
      );
      const epochs = 9;
      const whole = await fingerprint(await extend(run, epochs));

      await trainUntil({ run: interrupted!, resume: true, changes: { epochs } }, [3, 2]);
      const resumed = await train({ run: interrupted!, resume: true });
      assert.deepEqual(await fingerprint(resumed), whole);
      assert.deepEqual(
        resumed.record.resumed?.map(({ epoch, step, epochs }) => [epoch, step, epochs]),
        [[3, 0, epochs], [3, 2, undefined]],
      );

      await killDuring({ run: killed!, resume: true, changes: { epochs } }, 2 * stepsOfEpoch);
      const revived = await train({ run: killed!, resume: true });
      assert.equal(revived.record.resumed?.length, 2);
      assert.deepEqual(await fingerprint(revived), whole);
      assert.deepEqual(leftOvers(killed!), []);
    }),
);

/** Trains in a process that is killed once its checkpoints are past some steps. */
async function killDuring(options: TrainOptions & { run: string }, steps: number): Promise<void> {
  const script = fileURLToPath(new URL("train_child.ts", import.meta.url));
  const child = new Deno.Command(Deno.execPath(), {
    args: [
      ...["run", "-A", ...childFlags, script],
      JSON.stringify({ ...options, checkpointMinutes: 0.0001 }),
    ],
  }).spawn();
  while ((await stepsOf(options.run) ?? 0) <= steps) {
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  child.kill("SIGKILL");
  assert.ok(!(await child.status).success);
}

testWithTensorFlow(
  "early stopping counts again where a stopped run is trained on",
  () =>
    inFolder(async (folder) => {
      const data = join(folder, "data");
      await writeTiny(data);
      const run = join(folder, "run");
      const stopped = await train({
        ...{ data, network, run },
        // With such a rate no epoch is better than the first for long.
        ...{ learningRate: 1e-9, changes: { epochs: 9, batchSize, earlyStopping: 2 } },
      });
      const { epochs, stopped: why } = stopped.record.result!;
      assert.equal(why, "early stopping");
      assert.ok(epochs < 9);
      await assert.rejects(extend(run, epochs), {
        name: "OptionError",
        message: `changes.epochs (--epochs) must be above ${epochs}, the finished epochs of ` +
          `${run}. Received: ${epochs}`,
      });
      const longer = await extend(run, 9);
      assert.equal((await longer.history()).length, Math.min(9, epochs + 2));
    }),
);

testWithTensorFlow(
  "a run of an earlier version is trained on without the optimizer's state, and a linear probe is not",
  () =>
    inFolder(async (folder) => {
      const data = join(folder, "data");
      await writeTiny(data);
      const run = join(folder, "run");
      await train({ data, network, run, changes: { epochs: 1, batchSize } });
      await Deno.remove(join(run, "weights/last/optimizer.safetensors"));
      const messages: string[] = [];
      const longer = await extend(run, 2, { onMessage: (line) => messages.push(line) });
      assert.match(messages.join("\n"), /did not keep the optimizer's state: it starts at/);
      assert.equal((await longer.history()).length, 2);

      const probe = join(folder, "probe");
      const cacheDirectory = join(folder, "cache");
      await train({
        data,
        weights: run,
        newHead: true,
        recipe: "features",
        run: probe,
        cacheDirectory,
      });
      await assert.rejects(extend(probe, 90), {
        name: "OptionError",
        message: /^a run of recipe features cannot be trained on: .*Received: 90$/,
      });
    }),
);
