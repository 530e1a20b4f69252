import { join } from "@std/path";
import assert from "node:assert/strict";
import { shellWords } from "../../lib/display/format.ts";
import { openRun } from "../../lib/runs/run.ts";
import { testWithTensorFlow } from "../engine/tensorflow/support.ts";
import { inFolder } from "../in_folder.ts";
import { writeTiny } from "../training/tiny_set.ts";
import { type Ended, vgg } from "./support.ts";

const small = [
  "--model",
  "A",
  "--width",
  "0.0625",
  "--size",
  "32",
  "--epochs",
  "2",
  "--batch",
  "8",
];

const filesOf = (folder: string): string[] =>
  Array.from(Deno.readDirSync(folder), ({ name }) => name).sort();

testWithTensorFlow(
  "train fills the whole run folder, and evaluate and figures work from it",
  () =>
    inFolder(async (folder) => {
      const data = join(folder, "data");
      const directory = join(folder, "run");
      await writeTiny(data);
      await Deno.writeTextFile(join(data, "train/r/broken.png"), "no image");
      const trained = await vgg(["train", "--data", data, ...small, "--run", directory]);
      assert.equal(trained.code, 0, trained.err);
      assert.match(trained.out, /^data {7}data: 24 training and 8 validation images$/m);
      assert.match(trained.out, /^left out {3}1 broken file;/m);
      assert.match(trained.out, /^evaluation 8 validation images/m);
      const names = ["architecture", "confusion_matrix", "learning_curves", "misclassified"];
      const figures = [...names, "per_class_accuracy"].flatMap((name) => [
        `${name}.json`,
        `${name}.png`,
      ]);
      assert.deepEqual(filesOf(join(directory, "figures")), figures.sort());

      const run = await openRun(directory);
      assert.equal(run.record.status, "finished");
      const words = ["deno", "task", "train", "--data", data, ...small, "--run", directory];
      assert.equal(run.record.command, shellWords(words));
      assert.deepEqual(run.record.data.broken.map(({ path }) => path), ["train/r/broken.png"]);
      assert.equal((await run.history()).length, 2);
      const predictions = await run.predictions();
      assert.equal(predictions.length, 8);
      for (const { predicted, probabilities } of predictions) {
        assert.equal(probabilities[predicted], Math.max(...probabilities));
        assert.ok(Math.abs(probabilities.reduce((a, b) => a + b, 0) - 1) < 1e-5);
      }
      const { top1, confusion } = await run.evaluation();
      assert.equal(top1, (confusion[0]![0]! + confusion[1]![1]!) / 8);
      const best = (await run.history())[run.record.result!.best_epoch - 1]!;
      assert.equal(best.val_accuracy, top1);

      const last = await vgg(["evaluate", "--run", directory, "--weights", "last"]);
      assert.equal(last.code, 0, last.err);
      assert.equal((await run.evaluation()).weights, "last");

      const resume = ["train", "--run", directory, "--resume"];
      const longer = await vgg([...resume, "--epochs", "3"]);
      assert.equal(longer.code, 0, longer.err);
      assert.match(
        longer.err,
        /^epoch {6}3 follows; the learning rate is that of a one-cycle /m,
      );
      assert.equal((await run.history()).length, 3);
      // It is evaluated and drawn again, and a finished run is left alone otherwise.
      assert.equal((await run.evaluation()).weights, "best");
      assert.match(longer.out, /^next {7}deno task report --run /m);
      const again = await vgg([...resume, "--epochs", "3"]);
      assert.equal(again.code, 2);
      assert.match(again.err, /^error: changes\.epochs \(--epochs\) must be above 3, [^\n]* 3\n$/);
      const nothing = await vgg(resume);
      assert.deepEqual([nothing.code, nothing.out], [0, ""], nothing.err);
      await Deno.remove(join(directory, "figures"), { recursive: true });
      await Deno.remove(data, { recursive: true });
      const drawn = await vgg(["figures", "--run", directory]);
      assert.equal(drawn.code, 0, drawn.err);
      assert.deepEqual(filesOf(join(directory, "figures")), figures);
    }),
);

testWithTensorFlow(
  "train works without validation images, and says so",
  () =>
    inFolder(async (folder) => {
      const data = join(folder, "data");
      await writeTiny(data);
      await Deno.remove(join(data, "val"), { recursive: true });
      const directory = join(folder, "run");
      const none = ["--validation-fraction", "0"];
      const words = ["train", "--data", data, ...none, ...small, "--run", directory];
      const { code, err } = await vgg(words);
      assert.equal(code, 0, err);
      assert.match(err, /No validation images/);
      assert.equal((await openRun(directory)).record.result!.best_val_accuracy, null);
    }),
);

Deno.test("Ctrl-C and SIGTERM end training after the running step, and --resume goes on", {
  // The plain engine takes long enough a step to be interrupted.
  ignore: Deno.build.os === "windows",
}, () =>
  inFolder(async (folder) => {
    const data = join(folder, "data");
    await writeTiny(data);
    const directory = join(folder, "run");
    const begin = [
      ...["--data", data, "--model", "A", "--width", "0.0625", "--size", "32", "--batch", "4"],
      ...["--epochs", "500", "--engine", "cpu"],
    ];
    let before = 0;
    const onWasm = ["--resume", "--engine", "wasm"];
    for (
      const [signal, status, flags] of [["SIGINT", 130, begin], ["SIGTERM", 143, onWasm]] as const
    ) {
      const { code, err } = await trainUntilEpoch(signal, ["--run", directory, ...flags]);
      assert.equal(code, status, err);
      assert.match(err, /^Ending after this step/m);
      assert.ok(err.includes(`To continue: deno task train --run ${directory} --resume\n`), err);
      const run = await openRun(directory);
      assert.equal(run.record.status, "interrupted");
      const history = await run.history();
      assert.ok(history.length > before);
      assert.equal(run.record.result?.epochs, history.length);
      assert.ok((await Deno.stat(run.path("last"))).size > 0);
      assert.ok((await Deno.stat(run.path("best"))).size > 0);
      before = history.length;
    }
    const { engine, warnings } = (await openRun(directory)).record;
    assert.equal(engine.name, "cpu");
    assert.match(
      warnings.join(),
      /^the run began with cpu .* and was resumed with wasm .*may differ/,
    );
    const { code, err } = await vgg(["train", "--run", directory, "--resume", "--epochs", "3"]);
    assert.equal(code, 2);
    assert.equal(
      err,
      "error: changes.epochs (--epochs) cannot be given with resume: the run keeps its settings. " +
        "Received: 3\n",
    );
  }));

/** Runs `train` until it has finished an epoch, then sends the signal. */
async function trainUntilEpoch(
  signal: "SIGINT" | "SIGTERM",
  flags: readonly string[],
): Promise<{ code: number; err: string }> {
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--no-check", "lib/cli.ts", "train", ...flags],
    env: { NO_COLOR: "1", npm_lifecycle_event: "" },
    stdout: "piped",
    stderr: "piped",
    stdin: "null",
  }).spawn();
  const err = new Response(child.stderr).text();
  const text = child.stdout.pipeThrough(new TextDecoderStream());
  let seen = "";
  for await (const part of text.values({ preventCancel: true })) {
    seen += part;
    if (/^epoch +\d+ /m.test(seen)) break;
  }
  child.kill(signal);
  await text.cancel();
  return { code: (await child.status).code, err: await err };
}

testWithTensorFlow(
  "train fine-tunes a run on other classes, and puts a classifier on its features",
  () =>
    inFolder(async (folder) => {
      const [data, other] = [join(folder, "data"), join(folder, "other")];
      await writeTiny(data);
      await writeTiny(other);
      for (const split of ["train", "val"]) {
        await Deno.rename(join(other, split, "r"), join(other, split, "p"));
      }
      const source = join(folder, "source");
      const trained = await vgg(["train", "--data", data, ...small, "--run", source]);
      assert.equal(trained.code, 0, trained.err);

      const tune = (...flags: string[]): Promise<Ended> =>
        vgg(["train", "--data", other, "--per-class", "4", "--weights", source, ...flags]);
      const start = new RegExp(
        `^start {6}all weights from ${source} except for new predictions$`,
        "m",
      );
      const fine = join(folder, "fine");
      const tuned = await tune("--epochs", "2", "--run", fine);
      assert.equal(tuned.code, 0, tuned.err);
      assert.match(tuned.out, /^data {7}other: 8 training and 8 validation images$/m);
      assert.match(tuned.out, /^network {4}VGG A with batch normalization, 32 px, /m);
      assert.match(tuned.out, start);
      assert.match(tuned.out, /^recipe {5}finetune, 2 epochs of batch 32$/m);
      assert.match(tuned.out, /^evaluation 8 validation images/m);
      assert.equal((await openRun(fine)).record.data.perClass, 4);

      const probe = join(folder, "probe");
      const probed = await tune("--recipe", "features", "--run", probe);
      assert.equal(probed.code, 0, probed.err);
      assert.match(probed.out, start);
      assert.match(probed.out, /^evaluation 8 validation images/m);
      assert.ok((await Deno.stat(join(probe, "figures/learning_curves.png"))).size > 0);

      const wrong = await tune("--model", "D", "--run", join(folder, "wrong"));
      assert.equal(wrong.code, 2);
      assert.match(
        wrong.err,
        /^error: .*best\.safetensors does not fit: it has 8 convolutions and should have 13 .*; without --model, the net is that of the weights\n$/,
      );
    }),
);
