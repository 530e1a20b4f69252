import { join } from "@std/path";
import assert from "node:assert/strict";
import { isFile } from "../../lib/data/sources/folders.ts";
import { tf } from "../../lib/engine/tf.ts";
import { openRun } from "../../lib/runs/run.ts";
import type { Callback } from "../../lib/training/callbacks/callback.ts";
import type { TrainOptions } from "../../lib/training/options.ts";
import { train } from "../../lib/training/train.ts";
import { testWithTensorFlow } from "../engine/tensorflow/support.ts";
import { inFolder } from "../in_folder.ts";
import { leftOvers } from "./fingerprint.ts";
import { writeTiny } from "./tiny_set.ts";
import { trainUntil } from "./train_in_pieces.ts";

const network = { configuration: "A", inputSize: 32, width: 1 / 16 } as const;
const short: TrainOptions = { network, changes: { epochs: 2, batchSize: 8 } };

/** Writes down each event, with the options' own ones in front of those of a list. */
function recorder(): { events: string[]; options: TrainOptions } {
  const events: string[] = [];
  const one = (name: string): Required<Callback> => ({
    onSetup: (engine) => void events.push(`${name} setup ${engine.name}`),
    onStart: (run) => void events.push(`${name} start ${run.record.status}`),
    onStep: ({ epoch, step }) => void events.push(`${name} step ${epoch}.${step}`),
    onEpoch: ({ epoch }) => void events.push(`${name} epoch ${epoch}`),
    onInterrupt: ({ progress }) => void events.push(`${name} interrupt ${progress?.steps}`),
    onEnd: (result) => void events.push(`${name} end ${result && (result.stopped ?? "complete")}`),
  });
  const { onStart, onStep, onEpoch } = one("options");
  return { events, options: { onStart, onStep, onEpoch, callbacks: [one("a"), one("b")] } };
}

/** The events of steps and epochs of the options' own functions and of both callbacks. */
function loopEvents(...events: readonly string[]): string[] {
  return events.flatMap((event) => ["options", "a", "b"].map((name) => `${name} ${event}`));
}

testWithTensorFlow(
  "train() calls a list of callbacks in its order, also when it resumes",
  () =>
    inFolder(async (folder) => {
      const [data, run] = [join(folder, "data"), join(folder, "run")];
      await writeTiny(data);
      const first = recorder();
      await trainUntil({ ...short, ...first.options, data, run }, [2, 1]);
      const setup = ["a setup tensorflow", "b setup tensorflow", ...loopEvents("start running")];
      assert.deepEqual(first.events, [
        ...setup,
        ...loopEvents("step 1.1", "step 1.2", "step 1.3", "epoch 1", "step 2.1"),
        ...["a interrupt 4", "b interrupt 4", "a end interrupted", "b end interrupted"],
      ]);
      const second = recorder();
      await train({ ...second.options, run, resume: true });
      assert.deepEqual(second.events, [
        ...setup,
        ...loopEvents("step 2.2", "step 2.3", "epoch 2"),
        ...["a end complete", "b end complete"],
      ]);
    }),
);

testWithTensorFlow(
  "train() waits for callbacks, and shows them what is written",
  () =>
    inFolder(async (folder) => {
      const [data, run] = [join(folder, "data"), join(folder, "run")];
      await writeTiny(data);
      const found: unknown[] = [];
      const looks: Callback = {
        onEpoch: async (_line, _best, snapshot) => {
          await new Promise((resolve) => setTimeout(resolve, 50));
          const arrays = await snapshot.arrays();
          found.push([snapshot.progress?.steps, arrays.has("predictions/kernel/velocity")]);
        },
        onEnd: async () => {
          const opened = await openRun(run);
          const lines = (await opened.history()).length;
          found.push([opened.record.status, lines, await isFile(opened.path("last"))]);
        },
      };
      const before = tf.memory().numTensors;
      await train({ ...short, data, run, callbacks: [looks] });
      assert.deepEqual(found, [[3, true], [6, true], ["running", 2, true]]);
      assert.equal(tf.memory().numTensors, before);
    }),
);

for (const event of ["onStart", "onStep", "onEpoch", "onEnd"] as const) {
  testWithTensorFlow(
    `an error in ${event} of a callback ends training, and the run can go on`,
    () =>
      inFolder(async (folder) => {
        const [data, run] = [join(folder, "data"), join(folder, "run")];
        await writeTiny(data);
        const before = tf.memory().numTensors;
        const ends: unknown[] = [];
        const failing: Callback = { [event]: () => Promise.reject(new Error("no network")) };
        const callbacks = [failing, { onEnd: (result: unknown) => void ends.push(result) }];
        const failed = train({ ...short, data, run, callbacks });
        await assert.rejects(failed, /^Error: no network$/);
        assert.equal(tf.memory().numTensors, before);
        assert.equal((await openRun(run)).record.status, "failed");
        assert.equal(ends.length, event === "onStart" ? 0 : 1);
        assert.equal(ends[0] !== undefined, event === "onEnd");
        const resumed = await train({ run, resume: true });
        assert.equal(resumed.record.status, "finished");
        assert.deepEqual(leftOvers(run), []);
      }),
  );
}

testWithTensorFlow(
  "a callback that refuses the engine does so before anything is written",
  () =>
    inFolder(async (folder) => {
      const [data, run] = [join(folder, "data"), join(folder, "run")];
      await writeTiny(data);
      const refusing: Callback = {
        onSetup: ({ name }) => {
          throw new RangeError(`not with ${name}`);
        },
        onEnd: () => assert.fail("ended without a start"),
      };
      await assert.rejects(
        train({ ...short, data, run, callbacks: [refusing] }),
        /not with tensor/,
      );
      await assert.rejects(Deno.stat(run), Deno.errors.NotFound);
    }),
);

testWithTensorFlow(
  "the recipe features calls callbacks as well, but has no steps",
  () =>
    inFolder(async (folder) => {
      const [data, source] = [join(folder, "data"), join(folder, "source")];
      await writeTiny(data);
      await train({ data, run: source, network, changes: { epochs: 1, batchSize: 8 } });
      const { events, options } = recorder();
      const run = await train({
        ...{ ...options, data, weights: source, recipe: "features", run: join(folder, "run") },
        cacheDirectory: join(folder, "cache"),
      });
      const epochs = (await run.history()).length;
      assert.ok(epochs > 0);
      assert.deepEqual(events.slice(2), [
        ...loopEvents("start running"),
        ...loopEvents(...Array.from({ length: epochs }, (_, index) => `epoch ${index + 1}`)),
        ...["a end converged", "b end converged"],
      ]);
      assert.ok(await isFile(run.path("best")));
    }),
);
