import { join } from "@std/path";
import assert from "node:assert/strict";
import sharp from "sharp";
import { openRun } from "../../lib/runs/run.ts";
import { scriptWords, testWithShell } from "../distributed/support.ts";
import { inFolder } from "../in_folder.ts";
import { writeTiny } from "../training/tiny_set.ts";
import { assertInTime, endBy } from "./end_by.ts";

const net = [
  "--model",
  "A",
  "--width",
  "0.0625",
  "--size",
  "32",
  "--batch",
  "4",
  "--epochs",
  "500",
];

/** A class folder with more large images than are decoded in a minute. */
async function writeMany(folder: string): Promise<void> {
  const create = { width: 3000, height: 3000, channels: 3, background: "#b06030" } as const;
  const image = await sharp({ create }).jpeg().toBuffer();
  for (const name of ["r", "b"]) {
    const of = join(folder, name);
    await Deno.mkdir(of, { recursive: true });
    await Deno.writeFile(join(of, "0.jpg"), image);
    for (let at = 1; at < 2000; at++) await Deno.link(join(of, "0.jpg"), join(of, `${at}.jpg`));
  }
}

for (const [signal, status] of [["SIGTERM", 143], ["SIGHUP", 129]] as const) {
  testWithShell(
    `${signal} ends a training with a checkpoint, without evaluation or figures`,
    () =>
      inFolder(async (folder) => {
        const data = join(folder, "data"), directory = join(folder, "run");
        await writeTiny(data);
        const words = ["train", "--data", data, "--run", directory, ...net, "--engine", "wasm"];
        const ended = await endBy(signal, words, { after: /^epoch +1 /m });
        assert.equal(ended.code, status, ended.err);
        assertInTime(ended);
        assert.ok(
          ended.err.includes(`To continue: deno task train --run ${directory} --resume`),
          `err: ${ended.err}`,
        );
        assert.doesNotMatch(ended.out, /^(evaluation|figures) /m);
        const { record } = await openRun(directory);
        assert.equal(record.status, "interrupted");
        const files = Array.from(
          Deno.readDirSync(join(directory, "weights/last")),
          ({ name }) => name,
        );
        assert.ok(files.some((name) => name.startsWith("step-")), files.join());
        for (const name of ["figures", "evaluation.json"]) {
          await assert.rejects(Deno.stat(join(directory, name)), Deno.errors.NotFound);
        }
      }),
  );
}

testWithShell(
  "SIGTERM ends the decoding of a training and of an evaluation",
  () =>
    inFolder(async (folder) => {
      const [data, many] = [join(folder, "data"), join(folder, "many")];
      await writeTiny(data);
      await writeMany(many);
      const directory = join(folder, "run");
      const words = ["train", "--data", many, "--run", directory, ...net, "--engine", "cpu"];
      const decoding = await endBy("SIGTERM", words, { pause: 6000 });
      assert.equal(decoding.code, 143, decoding.err);
      assertInTime(decoding);
      assert.match(decoding.err, /^To start again: deno task train/m);
      const small = ["train", "--data", data, "--run", directory, ...net, "--engine", "cpu"];
      await endBy("SIGTERM", small, { after: /^epoch +1 /m });
      const evaluating = await endBy("SIGTERM", [
        ...["evaluate", "--run", directory, "--data", many, "--engine", "cpu"],
      ], { pause: 6000 });
      assert.equal(evaluating.code, 143, evaluating.err);
      assertInTime(evaluating);
      assert.match(evaluating.err, /^To start again: deno task evaluate/m);
      assert.equal(evaluating.out, "");
    }),
);

testWithShell("SIGTERM ends work that does not heed it, also in a call that blocks", async () => {
  for (const how of ["deaf", "blocked"]) {
    const [program, ...args] = scriptWords("../cli/deaf_process.ts", how);
    const child = new Deno.Command(program!, { args, stdout: "piped", stderr: "piped" }).spawn();
    const reader = child.stdout.getReader();
    await reader.read();
    const sent = performance.now();
    child.kill("SIGTERM");
    const err = new Response(child.stderr).text();
    assert.equal((await child.status).code, 143, how);
    const milliseconds = performance.now() - sent;
    assertInTime({ milliseconds, err: await err, out: "", code: 143 });
    assert.match(await err, /^Ended at once\.\nTo go on: this\n$/m);
    await reader.cancel();
  }
});

testWithShell("a process that was started to ignore SIGHUP keeps ignoring it", async () => {
  const [program, ...args] = scriptWords("../cli/deaf_process.ts", "short");
  const child = new Deno.Command("nohup", {
    args: [program!, ...args],
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const reader = child.stdout.getReader();
  await reader.read();
  child.kill("SIGHUP");
  assert.equal((await child.status).code, 0);
  await reader.cancel();
  await child.stderr.cancel();
});
