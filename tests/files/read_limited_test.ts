import { join } from "@std/path";
import assert from "node:assert/strict";
import { readShownMistakes } from "../../lib/figures/gallery/pick_mistakes.ts";
import { decodeImage } from "../../lib/data/images/decode.ts";
import { readText } from "../../lib/data/sources/read_file.ts";
import { readLimited, readLimitedText, requireLimited } from "../../lib/files/read_limited.ts";
import { openRun, Run } from "../../lib/runs/run.ts";
import { inFolder } from "../in_folder.ts";
import { exampleRecord } from "../runs/example_record.ts";

/** Makes a file of so many zeros, which takes no space on the disk. */
async function makeSparse(path: string, bytes: number): Promise<void> {
  using file = await Deno.open(path, { write: true, createNew: true });
  await file.truncate(bytes);
}

async function makePipe(path: string): Promise<void> {
  assert.ok((await new Deno.Command("mkfifo", { args: [path] }).output()).success);
}

Deno.test("readLimited() reads a file of as many bytes as are allowed, and a link to it", () =>
  inFolder(async (folder) => {
    const path = join(folder, "file");
    await Deno.writeTextFile(path, "abc");
    await Deno.symlink(path, join(folder, "link"));
    assert.deepEqual(await readLimited(path, 3), Uint8Array.of(97, 98, 99));
    assert.equal(await readLimitedText(join(folder, "link"), 3), "abc");
    await assert.rejects(readLimited(path, 2), /must have at most 2 bytes\. Received: 3/);
  }));

Deno.test("readLimitedText() reads what editors and shells of Windows write", () =>
  inFolder(async (folder) => {
    const path = join(folder, "file");
    const text = "é,🦊\r\n";
    const units = Array.from({ length: text.length }, (_, at) => text.charCodeAt(at));
    const littleEndian = [0xfeff, ...units].flatMap((unit) => [unit & 255, unit >> 8]);
    const bigEndian = littleEndian.map((_, index) => littleEndian[index ^ 1]!);
    const encoded = [
      new TextEncoder().encode(text),
      new TextEncoder().encode(`\ufeff${text}`),
      Uint8Array.from(littleEndian),
      Uint8Array.from(bigEndian),
    ];
    for (const bytes of encoded) {
      await Deno.writeFile(path, bytes);
      assert.equal(await readLimitedText(path, 99), text);
    }
  }));

Deno.test("requireLimited() refuses pipes, devices, folders and what is missing", () =>
  inFolder(async (folder) => {
    await makePipe(join(folder, "pipe"));
    await Deno.symlink("/dev/zero", join(folder, "zeros"));
    for (const name of ["pipe", "zeros"]) {
      await assert.rejects(requireLimited(join(folder, name), 9), /must be a regular file/);
    }
    await assert.rejects(requireLimited(folder, 9), Deno.errors.IsADirectory);
    await assert.rejects(requireLimited(join(folder, "none"), 9), Deno.errors.NotFound);
  }));

/** What reads each file of a run. */
const readers: Readonly<Record<string, (run: Run) => Promise<unknown>>> = {
  "run.json": ({ directory }) => openRun(directory),
  "history.jsonl": (run) => run.history(),
  "predictions.jsonl": (run) => run.predictions(),
  "evaluation.json": (run) => run.evaluation(),
  "mistakes/index.json": (run) => run.mistakes(),
};

for (const [name, read] of Object.entries(readers)) {
  Deno.test(`a run's ${name} of 10 GB, a pipe or a device is refused before it is read`, () =>
    inFolder(async (folder) => {
      const run = await Run.create(join(folder, "mine"), exampleRecord);
      const path = join(run.directory, name);
      await Deno.mkdir(join(run.directory, "mistakes"));
      const refusals: readonly [RegExp, () => Promise<void>][] = [
        [/at most \d+ bytes\. Received: 10000000000$/, () => makeSparse(path, 1e10)],
        [/must be a regular file/, () => makePipe(path)],
        [/must be a regular file|is a link that leads to/, () => Deno.symlink("/dev/zero", path)],
      ];
      for (const [message, make] of refusals) {
        await Deno.remove(path).catch(() => {});
        await make();
        await assert.rejects(read(run), (error: Error) => {
          assert.match(error.message, message);
          assert.ok(error.name === "RunError" && error.message.includes(name));
          return true;
        });
      }
    }));
}

Deno.test("predictions.jsonl is refused as soon as a line is too long", () =>
  inFolder(async (folder) => {
    const run = await Run.create(join(folder, "mine"), exampleRecord);
    await makeSparse(run.path("predictions"), 2 ** 32);
    const before = Deno.memoryUsage().rss;
    await assert.rejects(run.predictions(), /predictions\.jsonl .*line must have at most \d+ char/);
    assert.ok(Deno.memoryUsage().rss - before < 2 ** 29);
  }));

Deno.test("the picture of a mistake that never ends is refused", () =>
  inFolder(async (folder) => {
    const run = await Run.create(join(folder, "mine"), exampleRecord);
    await run.writeMistakes(
      [{ id: "1.png", actual: 0, predicted: 1, probabilities: [0.25, 0.75], file: "01.png" }],
      [Uint8Array.of(1)],
    );
    const path = join(run.directory, "mistakes/01.png");
    await Deno.remove(path);
    await Deno.symlink("/dev/zero", path);
    await assert.rejects(readShownMistakes(run), /^RunError: .*01\.png cannot be read: .*regular/);
  }));

Deno.test("decodeImage() refuses a picture of 6 GB, a pipe and a device before it is read", () =>
  inFolder(async (folder) => {
    const [large, pipe, zeros] = ["large.jpg", "pipe.jpg", "zeros.jpg"]
      .map((name) => join(folder, name));
    await makeSparse(large!, 6e9);
    await makePipe(pipe!);
    await Deno.symlink("/dev/zero", zeros!);
    await assert.rejects(
      decodeImage(large!),
      /^BrokenImageError: .*large\.jpg: it must have at most 536870912 bytes\. Received: 6000000000/,
    );
    for (const path of [pipe!, zeros!]) {
      await assert.rejects(decodeImage(path), /^BrokenImageError: .*must be a regular file/);
    }
  }));

Deno.test("a data set's table that is too long or a pipe is refused before it is read", () =>
  inFolder(async (folder) => {
    const [large, pipe] = [join(folder, "large.csv"), join(folder, "pipe.csv")];
    await makeSparse(large, 3e9);
    await makePipe(pipe);
    await assert.rejects(readText(large), /^DataError: .*large\.csv cannot be read: .*at most/);
    await assert.rejects(readText(pipe), /^DataError: .*pipe\.csv cannot be read: .*regular file/);
  }));
