import { join } from "@std/path";
import assert from "node:assert/strict";
import { WriteError } from "../../lib/files/write.ts";
import { openRun, Run, RunError } from "../../lib/runs/run.ts";
import { TrainingError } from "../../lib/training/errors.ts";
import type { TrainOptions } from "../../lib/training/options.ts";
import { train } from "../../lib/training/train.ts";
import { testWithTensorFlow } from "../engine/tensorflow/support.ts";
import { inFolder } from "../in_folder.ts";
import { fingerprint, leftOvers } from "./fingerprint.ts";
import { testOnSmallDisk } from "./small_disk.ts";
import { writeTiny } from "./tiny_set.ts";
import { trainUntil } from "./train_in_pieces.ts";

const network = { configuration: "A", inputSize: 32, width: 1 / 16 } as const;
const batchSize = 8;
const short: TrainOptions = { network, changes: { epochs: 3, batchSize } };

testWithTensorFlow(
  "a loss that is not finite goes back to the last good weights at a tenth of the rate, once",
  () =>
    inFolder(async (folder) => {
      const [data, run] = [join(folder, "data"), join(folder, "run")];
      await writeTiny(data);
      // Without batch normalization the weights leave the range of numbers within an epoch or two.
      const options: TrainOptions = {
        data,
        recipe: "article",
        network: { ...network, width: 1 / 64 },
        changes: { epochs: 3, batchSize },
      };
      const said: string[] = [];
      const hopeless = train({
        ...{ ...options, run, learningRate: 1e6 },
        onMessage: (line) => said.push(line),
      });
      await assert.rejects(
        hopeless,
        (error) =>
          error instanceof TrainingError &&
          /^the loss became \S+ at step \d+: .* Try a learning rate .* A tenth of the rate did not help$/
            .test(error.message),
      );
      const { status, warnings } = (await openRun(run)).record;
      assert.equal(status, "failed");
      assert.equal(warnings.length, 1);
      assert.match(warnings[0]!, /Going back to step \d+, and on at a tenth of the rate$/);
      assert.ok(said.includes(warnings[0]!));
    }),
);

testWithTensorFlow(
  "a tenth of the rate can save a training, also one that is resumed after it",
  () =>
    inFolder(async (folder) => {
      const data = join(folder, "data");
      await writeTiny(data);
      const options: TrainOptions = {
        data,
        recipe: "article",
        network: { ...network, width: 1 / 64 },
        changes: { epochs: 4, batchSize },
        learningRate: 15,
        // How a loss blows up hangs on the last digits, which not all processors have in bfloat16.
        precision: "float32",
      };
      const whole = await train({ ...options, run: join(folder, "whole") });
      const [line, ...others] = whole.record.warnings;
      assert.match(line!, /Going back to step \d+, and on at a tenth of the rate$/);
      // The net does not learn much at such rates, which another line says.
      assert.deepEqual(others.filter((line) => !/learned next to nothing/.test(line)), []);
      const rates = (await whole.history()).map(({ lr }) => lr);
      assert.ok(rates.every((rate) => rate === 15 || rate === 1.5), `${rates}`);
      assert.equal(rates.at(-1), 1.5);

      const run = join(folder, "pieces");
      await trainUntil({ ...options, run }, [4, 2]);
      const pieces = await train({ run, resume: true });
      assert.deepEqual(await fingerprint(pieces), await fingerprint(whole));
    }),
);

testWithTensorFlow("a run's folder is one training's at a time", () =>
  inFolder(async (folder) => {
    const [data, run] = [join(folder, "data"), join(folder, "run")];
    await writeTiny(data);
    let second: Promise<unknown> | undefined;
    await train({
      ...{ ...short, data, run },
      onStart: () => second = train({ run, resume: true }).catch((error) => error),
    });
    const error = await second;
    assert.ok(error instanceof RunError);
    assert.match(error.message, /^another process is training in .*run$/);
    // It is free afterwards.
    (await Run.lock(run))[Symbol.dispose]();
  }));

testWithTensorFlow(
  "resume refuses data of which files vanished, came or changed",
  () =>
    inFolder(async (folder) => {
      const [data, run] = [join(folder, "data"), join(folder, "run")];
      await writeTiny(data);
      await trainUntil({ ...short, data, run }, [2, 1]);
      const [one, other] = [join(data, "train/r/0.png"), join(data, "train/b/1.png")];
      const bytes = await Deno.readFile(one);
      const resume = (): Promise<unknown> => train({ run, resume: true });

      await Deno.remove(one);
      await assert.rejects(resume(), /must have the 24 training images that .* Received: 23$/);
      await Deno.copyFile(other, one);
      await assert.rejects(resume(), /must have the same training images .* some are others/);
      await Deno.writeFile(one, bytes);
      await Deno.copyFile(join(data, "val/b/1.png"), join(data, "val/b/9.png"));
      await assert.rejects(resume(), /must have the 8 validation images that .* Received: 9$/);
      await Deno.remove(join(data, "val/b/9.png"));
      assert.equal((await train({ run, resume: true })).record.status, "finished");
    }),
);

testWithTensorFlow(
  "a file that vanishes while images are decoded is left out by name, then and when resumed",
  () =>
    inFolder(async (folder) => {
      const [data, run] = [join(folder, "data"), join(folder, "run")];
      await writeTiny(data);
      let gone = false;
      const { record } = await trainUntil({
        ...{ ...short, data, run },
        onPrepare: () => {
          if (!gone) Deno.removeSync(join(data, "train/r/22.png"));
          gone = true;
        },
      }, [1, 2]);
      const broken = [{ path: "train/r/22.png", reason: "the file is missing" }];
      assert.deepEqual(record.data.broken, broken);
      assert.equal(record.data.train, 23);
      // Now the listing knows no such file either.
      const resumed = await train({ run, resume: true });
      assert.equal(resumed.record.status, "finished");
      assert.deepEqual(resumed.record.data.broken, broken);
    }),
);

testOnSmallDisk(
  "a full disk ends training with one line, and the run goes on when there is room",
  async (disk) => {
    const whole = join(disk.folder, "whole");
    const data = join(disk.folder, "data");
    await writeTiny(data);
    const expected = await fingerprint(await train({ ...short, data, run: whole }));
    const run = join(disk.small, "run");
    await disk.resize(600);
    await assert.rejects(
      train({ ...short, data, run }),
      (error) =>
        error instanceof WriteError &&
        /^\S+run\/\S+ cannot be written: the disk is full$/.test(error.message),
    );
    await disk.resize(20_000);
    const resumed = await train({ run, resume: true });
    assert.deepEqual(await fingerprint(resumed), expected);
    assert.deepEqual(leftOvers(run), []);
  },
);

testOnSmallDisk(
  "a folder that cannot be written is refused before images are decoded",
  async (disk) => {
    const data = join(disk.folder, "data");
    await writeTiny(data);
    await disk.makeReadOnly();
    const onPrepare = (): never => assert.fail("images are decoded");
    const run = join(disk.small, "runs", "run");
    await assert.rejects(
      train({ ...short, data, run, onPrepare }),
      (error) =>
        error instanceof WriteError &&
        /run cannot be written: the disk is read-only$/.test(error.message),
    );
  },
);

testOnSmallDisk(
  "a disk that becomes read-only ends training with one line, and the run goes on later",
  async (disk) => {
    const data = join(disk.folder, "data");
    await writeTiny(data);
    const run = join(disk.small, "run");
    await disk.resize(20_000);
    await trainUntil({ ...short, data, run }, [1, 2]);
    await disk.makeReadOnly();
    await assert.rejects(
      train({ run, resume: true }),
      (error) => error instanceof WriteError && /the disk is read-only$/.test(error.message),
    );
    await disk.makeWritable();
    assert.equal((await train({ run, resume: true })).record.status, "finished");
  },
);
