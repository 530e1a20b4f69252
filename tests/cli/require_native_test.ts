import { join } from "@std/path";
import assert from "node:assert/strict";
import { openRun } from "../../lib/runs/run.ts";
import { testWithTensorFlow } from "../engine/tensorflow/support.ts";
import { inFolder } from "../in_folder.ts";
import { writeTiny } from "../training/tiny_set.ts";
import { vgg } from "./support.ts";

const refused = { VGG_NO_NATIVE: "1" };
const refusal = "error: native code is refused by --no-native or VGG_NO_NATIVE\n";
const tiny = ["--model", "A", "--width", "0.0625", "--size", "32", "--batch", "8", "--epochs", "1"];

Deno.test("every command with --engine has --require-native", async () => {
  const commands = ["evaluate", "paper", "predict", "report", "setup", "train"];
  for (const command of commands) {
    const { out } = await vgg([command, "--help"]);
    assert.match(out, /--engine/);
    assert.match(
      out.replaceAll(/\s+/g, " "),
      /--require-native end with an error if the native engine cannot compute/,
    );
  }
});

Deno.test("--require-native is an error where another engine would compute", async () => {
  await inFolder(async (folder) => {
    const data = join(folder, "data");
    await writeTiny(data);
    const train = ["train", "--data", data, "--run", join(folder, "run"), ...tiny];
    for (const words of [["setup"], train]) {
      const { code, out, err } = await vgg([...words, "--require-native"], refused);
      assert.deepEqual([code, out, err], [2, "", refusal]);
      const other = await vgg([...words, "--require-native", "--engine", "wasm"]);
      assert.deepEqual([other.code, other.err], [
        2,
        "error: the native engine is required (--require-native), which is tensorflow. Received: wasm\n",
      ]);
    }
  });
});

testWithTensorFlow(
  "a native run is resumed natively, or on the engine that is named, with a warning that is kept",
  () =>
    inFolder(async (folder) => {
      const data = join(folder, "data");
      const directory = join(folder, "run");
      await writeTiny(data);
      const train = [
        "train",
        "--data",
        data,
        "--run",
        directory,
        ...tiny,
        "--precision",
        "float32",
      ];
      const trained = await vgg([...train, "--require-native"]);
      assert.equal(trained.code, 0, trained.err);
      const resume = ["train", "--run", directory, "--resume", "--epochs", "2"];
      const { code, err } = await vgg(resume, refused);
      assert.deepEqual([code, err], [2, refusal]);
      assert.equal((await openRun(directory)).record.status, "finished");
      const resumed = await vgg([...resume, "--engine", "wasm"], refused);
      assert.equal(resumed.code, 0, resumed.err);
      const { record } = await openRun(directory);
      const warning =
        /^the run began with tensorflow .* and was resumed with wasm .*: its numbers may/;
      assert.equal(record.warnings.filter((line) => warning.test(line)).length, 1);
      assert.match(resumed.err, new RegExp(warning.source, "m"));
    }),
);
