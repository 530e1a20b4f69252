import { join } from "@std/path";
import assert from "node:assert/strict";
import { listDir } from "../../lib/files/read.ts";
import { openRun } from "../../lib/runs/run.ts";
import { readEvents } from "../engine/tensorflow/read_events.ts";
import { testWithTensorFlow } from "../engine/tensorflow/support.ts";
import { inFolder } from "../in_folder.ts";
import { writeTiny } from "../training/tiny_set.ts";
import { trainUntil } from "../training/train_in_pieces.ts";
import { vgg } from "./support.ts";

const network = { configuration: "A", inputSize: 32, width: 1 / 16 } as const;
const changes = { epochs: 2, batchSize: 8 };
const flags = ["--model", "A", "--width", "0.0625", "--size", "32", "--epochs", "2"];

/** The epochs of the losses, and the tags of the images, in a folder of event files. */
async function eventsIn(directory: string): Promise<{ epochs: number[]; images: string[] }> {
  const { scalars, images } = await readEvents(directory);
  const losses = scalars.filter(({ tag }) => tag === "epoch/loss");
  return { epochs: losses.map(({ step }) => step), images: images.map(({ tag }) => tag) };
}

const figures = ["figures/confusion_matrix", "figures/misclassified"];

testWithTensorFlow(
  "train --tensorboard writes epochs and figures into the run's folder, once",
  () =>
    inFolder(async (folder) => {
      const [data, run] = [join(folder, "data"), join(folder, "run")];
      await writeTiny(data);
      const args = ["train", "--run", run, "--tensorboard"];
      const trained = await vgg([...args, "--data", data, ...flags, "--batch", "8"]);
      assert.equal(trained.code, 0, trained.err);
      const directory = join(run, "tensorboard");
      assert.ok(trained.out.includes(`\nlogs       ${directory}, for tensorboard --logdir\n`));
      const losses = (await openRun(run)).history().then((lines) => lines.map(({ loss }) => loss));
      const { scalars } = await readEvents(join(directory, "train"));
      assert.deepEqual(
        scalars.filter(({ tag }) => tag === "epoch/loss").map(({ value }) => value),
        (await losses).map(Math.fround),
      );
      const validation = join(directory, "validation");
      assert.deepEqual(await eventsIn(validation), { epochs: [1, 2], images: figures });

      const files = await listDir(validation);
      const again = await vgg([...args, "--resume"]);
      assert.equal(again.code, 0, again.err);
      assert.deepEqual(await listDir(validation), files, "the run was complete");
    }),
);

testWithTensorFlow(
  "train --resume takes --tensorboard, also with another folder",
  () =>
    inFolder(async (folder) => {
      const [data, run, logs] = ["data", "run", "logs"].map((name) => join(folder, name));
      await writeTiny(data!);
      await trainUntil({ network, changes, data: data!, run: run! }, [2, 1]);
      const { code, err } = await vgg(["train", "--run", run!, "--resume", "--tensorboard", logs!]);
      assert.equal(code, 0, err);
      assert.deepEqual(await eventsIn(join(logs!, "train")), { epochs: [2], images: [] });
      assert.deepEqual(await eventsIn(join(logs!, "validation")), { epochs: [2], images: figures });
    }),
);

Deno.test("train --tensorboard refuses another engine before anything is written", () =>
  inFolder(async (folder) => {
    const [data, run] = [join(folder, "data"), join(folder, "run")];
    await writeTiny(data);
    const args = ["train", "--run", run, "--data", data, ...flags, "--engine", "cpu"];
    const refused = await vgg([...args, "--tensorboard"]);
    assert.equal(refused.code, 2, refused.err);
    const line = "error: TensorBoard files need the tensorflow engine. Received: cpu";
    assert.deepEqual(refused.err.trimEnd().split("\n").slice(-1), [line]);
    await assert.rejects(Deno.stat(run), Deno.errors.NotFound);
  }));
