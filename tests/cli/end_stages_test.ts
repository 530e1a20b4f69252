import { join } from "@std/path";
import assert from "node:assert/strict";
import { findLibrary } from "../../lib/engine/tensorflow/library/find_library.ts";
import { openRun } from "../../lib/runs/run.ts";
import { train } from "../../lib/training/train.ts";
import { publishedWeights } from "../../lib/weights/published.ts";
import { scriptWords, testInNetwork, testWithShell } from "../distributed/support.ts";
import { testWithTensorFlow } from "../engine/tensorflow/support.ts";
import { inFolder } from "../in_folder.ts";
import { writeTiny } from "../training/tiny_set.ts";
import { assertInTime, endBy, type Signaled } from "./end_by.ts";

const net = ["--model", "A", "--width", "0.0625", "--size", "32", "--batch", "8"];

/** Links an image of the tiny set many times, so that there is work for a while. */
async function multiply(folder: string, split: "train" | "val", times: number): Promise<void> {
  for (const name of ["r", "b"]) {
    const of = join(folder, split, name);
    const [first] = Array.from(Deno.readDirSync(of), ({ name }) => name);
    for (let at = 0; at < times; at++) await Deno.link(join(of, first!), join(of, `more${at}.png`));
  }
}

/** Whether a run's folder has a whole checkpoint, from which `--resume` goes on. */
function hasCheckpoint(directory: string): boolean {
  const files = Array.from(Deno.readDirSync(join(directory, "weights/last")), ({ name }) => name);
  return files.some((name) => /^step-\d+\.safetensors$/.test(name));
}

/** Checks that a training ended in time, with a checkpoint and the command that continues it. */
function assertContinues(ended: Signaled, directory: string): void {
  assert.equal(ended.code, 143, ended.err);
  assertInTime(ended);
  assert.ok(
    ended.err.includes(`To continue: deno task train --run ${directory} --resume`),
    ended.err,
  );
  assert.ok(hasCheckpoint(directory));
}

testWithShell(
  "SIGTERM ends the evaluation after a training, and then its figures",
  () =>
    inFolder(async (folder) => {
      const [data, few] = [join(folder, "data"), join(folder, "few")];
      await writeTiny(data);
      await multiply(data, "val", 900);
      const directory = join(folder, "run");
      const words = ["train", ...net, "--epochs", "1", "--engine", "cpu"];
      const evaluating = await endBy("SIGTERM", [...words, "--data", data, "--run", directory], {
        after: /^epoch +1 /m,
        pause: 1000,
      });
      assert.equal(evaluating.code, 143, evaluating.err);
      assertInTime(evaluating);
      assert.match(evaluating.err, /^To continue: deno task evaluate --run /m);
      assert.doesNotMatch(evaluating.out, /^(evaluation|figures) /m);
      assert.equal((await openRun(directory)).record.status, "finished");
      await assert.rejects(Deno.stat(join(directory, "evaluation.json")), Deno.errors.NotFound);

      await writeTiny(few);
      const other = join(folder, "other");
      const drawing = await endBy("SIGTERM", [...words, "--data", few, "--run", other], {
        after: /^evaluation /m,
        pause: 250,
      });
      assert.equal(drawing.code, 143, drawing.err);
      assertInTime(drawing);
      assert.match(drawing.err, /^To continue: deno task figures --run /m);
      assert.doesNotMatch(drawing.out, /^figures /m);
    }),
);

testWithShell(
  "SIGTERM after the last step ends a training before it is evaluated",
  () =>
    inFolder(async (folder) => {
      const data = join(folder, "data");
      await writeTiny(data);
      const directory = join(folder, "run");
      const words = ["train", ...net, "--epochs", "1", "--engine", "cpu", "--data", data];
      const ended = await endBy("SIGTERM", [...words, "--run", directory], {
        after: /^epoch +1 /m,
      });
      assert.equal(ended.code, 143, ended.err);
      assertInTime(ended);
      assert.match(ended.err, /^To continue: deno task evaluate --run /m);
      assert.doesNotMatch(ended.out, /^(evaluation|figures) /m);
      assert.equal((await openRun(directory)).record.status, "finished");
    }),
);

testWithShell("SIGTERM ends the extraction of features", () =>
  inFolder(async (folder) => {
    const data = join(folder, "data");
    await writeTiny(data);
    const start = join(folder, "start");
    // Large, so that the features take many seconds; with a seed of its own, so that none are known.
    const network = { configuration: "A", width: 1 / 2, inputSize: 96 } as const;
    const seed = Date.now() % 2 ** 31;
    await train({ data, network, seed, run: start, changes: { epochs: 1, batchSize: 8 } });
    await multiply(data, "train", 600);
    const directory = join(folder, "run");
    const ended = await endBy("SIGTERM", [
      ...[
        "train",
        "--data",
        data,
        "--engine",
        "cpu",
        "--recipe",
        "features",
        "--weights",
        start,
        "--new-head",
        "--run",
        directory,
      ],
    ], { after: /^data /m, pause: 1500 });
    assertContinues(ended, directory);
    const { status } = (await openRun(directory)).record;
    assert.ok(["interrupted", "running"].includes(status), status);
  }));

testWithTensorFlow(
  "SIGTERM ends a step of many seconds, from whose beginning a resume goes on",
  () =>
    inFolder(async (folder) => {
      const data = join(folder, "data");
      await writeTiny(data);
      const directory = join(folder, "run");
      const ended = await endBy("SIGTERM", [
        ...["train", "--data", data, "--run", directory, "--engine", "tensorflow"],
        ...["--model", "D", "--head", "small", "--size", "224", "--batch", "24", "--epochs", "2"],
        ...["--precision", "float32", "--recipe", "paper", "--scale", "256"],
      ], { after: /^data /m, pause: 4000 });
      assertContinues(ended, directory);
    }),
);

testInNetwork(
  "SIGTERM ends all workers of a training, with a checkpoint",
  () =>
    inFolder(async (folder) => {
      const data = join(folder, "data");
      await writeTiny(data);
      const directory = join(folder, "run");
      const ended = await endBy("SIGTERM", [
        ...["train", "--data", data, "--run", directory, "--workers", "2", ...net],
        ...["--epochs", "500"],
      ], { after: /^epoch +1 /m });
      assert.equal(ended.code, 143, ended.err);
      assertInTime(ended);
      assert.ok(hasCheckpoint(directory));
    }),
  await findLibrary() ? undefined : "no native engine, see deno task setup",
);

testWithShell("SIGTERM ends the download of weights, however slow the server is", async () => {
  const requested = Promise.withResolvers<void>();
  const ends = new AbortController();
  const server = Deno.serve({
    hostname: "127.0.0.1",
    port: 0,
    onListen: () => {},
    signal: ends.signal,
  }, () => {
    requested.resolve();
    const body = new ReadableStream<Uint8Array>({
      async pull(controller): Promise<void> {
        await new Promise((resolve) => setTimeout(resolve, 200));
        controller.enqueue(new Uint8Array(1));
      },
    });
    const { bytes } = publishedWeights["imagenet-keras"].file;
    return new Response(body, { headers: { "content-length": String(bytes) } });
  });
  try {
    await inFolder(async (folder) => {
      const [program, ...args] = scriptWords("../cli/fetch_process.ts", folder);
      const env = { VGG_MIRROR: `http://127.0.0.1:${server.addr.port}/` };
      const command = new Deno.Command(program!, { args, env, stdout: "piped", stderr: "piped" });
      const ended = await endBy("SIGTERM", command, { when: requested.promise, pause: 1000 });
      assert.equal(ended.code, 143, ended.err);
      assertInTime(ended);
    });
  } finally {
    ends.abort();
    await server.finished;
  }
});
