import { join } from "@std/path";
import assert from "node:assert/strict";
import type { Image } from "../../lib/data/dataset.ts";
import { loadDataset } from "../../lib/data/open_dataset.ts";
import { streamImages } from "../../lib/data/pipeline/streamed_split.ts";
import { RunError } from "../../lib/runs/run.ts";
import { isStreamed } from "../../lib/training/setup.ts";
import type { TrainOptions } from "../../lib/training/options.ts";
import { train } from "../../lib/training/train.ts";
import { evaluate } from "../../lib/evaluation/evaluate.ts";
import { testWithTensorFlow } from "../engine/tensorflow/support.ts";
import { inFolder } from "../in_folder.ts";
import { graySplit } from "../data/support.ts";
import { testOnSmallDisk } from "./small_disk.ts";
import { fingerprint } from "./fingerprint.ts";
import { tinySet, writeTiny } from "./tiny_set.ts";
import { trainInPieces, trainUntil } from "./train_in_pieces.ts";

const network = { configuration: "A", inputSize: 32, width: 1 / 16 } as const;
const changes = { epochs: 3, batchSize: 8 } as const;

/** The options of a streamed run in a folder, whose images are written there. */
async function streamedIn(folder: string): Promise<TrainOptions> {
  const data = join(folder, "data");
  await writeTiny(data);
  return { data, network, changes, decode: "streamed", cacheDirectory: join(folder, "cache") };
}

testWithTensorFlow(
  "a streamed run ends like one whose images are decoded first",
  () =>
    inFolder(async (folder) => {
      const options = await streamedIn(folder);
      const lines: string[] = [];
      const streamed = await train({
        ...{ ...options, run: join(folder, "streamed") },
        onMessage: (line) => lines.push(line),
      });
      const first = await train({ ...options, decode: "first", run: join(folder, "first") });
      const { warnings, ...outcome } = await fingerprint(streamed) as { warnings: string[] };
      assert.deepEqual({ ...outcome, warnings: [] }, await fingerprint(first));
      assert.match(
        warnings.join(),
        /^images are decoded as they are used, so that it is not known/,
      );
      const { data } = streamed.record;
      assert.deepEqual(data.streamed, { sample: 1024 });
      assert.match(data.digests!.train, /^sample of 24: /);
      assert.equal(first.record.data.streamed, undefined);
      assert.match(lines.join("\n"), /^24 training images are .*\n8 validation .*\ncolors .* 24 /m);
      // Its pixels are compared with none.
      const told: string[] = [];
      const { top1 } = await evaluate(streamed, { onMessage: (line) => told.push(line) });
      assert.ok(top1 > 0.9, `${top1}`);
      assert.match(told.join(), /none is recognized/);
      assert.doesNotMatch(told.join(), /changed/);
      // Two images change places.
      const [one, other] = ["r/0", "b/1"].map((name) => join(options.data!, `val/${name}.png`));
      const bytes = await Deno.readFile(one!);
      await Deno.copyFile(other!, one!);
      await Deno.writeFile(other!, bytes);
      await evaluate(streamed, { onMessage: (line) => told.push(line) });
      assert.match(told.join(), /the images of .* have changed since the training of /);
    }),
);

testWithTensorFlow(
  "a streamed run with broken files, resumed in the middle of epochs, ends as if it never had ended",
  () =>
    inFolder(async (folder) => {
      const options = { ...await streamedIn(folder), changes: { epochs: 2, batchSize: 100 } };
      // More files than those that are decoded before the first step.
      const [perClass, sample] = [600, 1024];
      const names: string[] = [];
      for (const [number, { id }] of tinySet.classes.entries()) {
        for (let index = 24 + number; index < 2 * perClass; index += 2) {
          const [from, to] = [index % 24, index].map((at) => `train/${id}/${at}.png`);
          await Deno.copyFile(join(options.data!, from!), join(options.data!, to!));
        }
        const listed = Array.from(Deno.readDirSync(join(options.data!, "train", id)));
        names.push(...listed.map(({ name }) => `train/${id}/${name}`).sort());
      }
      const inSample = new Set(
        Array.from({ length: sample }, (_, at) => Math.floor(at * names.length / sample)),
      );
      const torn = names.filter((_, index) => !inSample.has(index)).slice(0, 4);
      for (const file of torn) await Deno.writeTextFile(join(options.data!, file), "no picture");
      const lines: string[] = [];
      const onMessage = (line: string): void => void lines.push(line);
      const whole = await train({ ...options, onMessage, run: join(folder, "whole") });
      const told = (start: RegExp): number => lines.findIndex((line) => start.test(line));
      assert.ok(
        told(/^colors/) < told(/cannot be decoded .*next readable image/),
        lines.join("\n"),
      );
      const run = join(folder, "pieces");
      const pieces = await trainInPieces({ ...options, run }, [[1, 5], [2, 2]]);
      assert.deepEqual(await fingerprint(pieces), await fingerprint(whole));
      for (const { record: { data } } of [whole, pieces]) {
        assert.deepEqual(data.broken.map(({ path }) => path).sort(), torn.sort());
        assert.equal(data.train, names.length);
      }
    }),
);

testWithTensorFlow(
  "a streamed run is not resumed with another image of the sample, nor decoded first",
  () =>
    inFolder(async (folder) => {
      const options = { ...await streamedIn(folder), run: join(folder, "run") };
      await trainUntil(options, [1, 1]);
      const resume = { run: options.run, resume: true };
      await assert.rejects(train({ ...resume, decode: "first" }), {
        message:
          "decode (--decode) cannot be given with resume: the run keeps its settings. Received: first",
      });
      await Deno.copyFile(
        join(options.data!, "train/b/1.png"),
        join(options.data!, "train/r/4.png"),
      );
      await assert.rejects(
        train(resume),
        (error) =>
          error instanceof RunError && /must have the same training images/.test(error.message),
      );
    }),
);

testOnSmallDisk(
  "streamed images are decoded each time once the disk is full, and one line says so",
  async ({ small }) => {
    const image = async (index: number): Promise<Image> => {
      const { image } = graySplit(Array(16).fill(0), 300);
      return await image(index, { mode: "stretch", size: 300 });
    };
    const lines: string[] = [];
    // Larger than was expected of 4 px.
    await using streamed = await streamImages(
      { ...graySplit(Array(16).fill(0)), image },
      { mode: "stretch", size: 4 },
      {
        ...{ what: "training images", passes: 2, cacheDirectory: join(small, "cache") },
        onMessage: (line) => lines.push(line),
      },
    );
    for (const _ of [1, 2]) {
      for (let index = 0; index < 16; index++) {
        assert.deepEqual(await streamed.image(index), await image(index));
      }
    }
    assert.equal(lines.length, 2, lines.join("\n"));
    assert.match(lines[1]!, /^no more training images are kept on disk: .*space/);
  },
);

testWithTensorFlow(
  "images are streamed by default if they are files that do not fit into memory",
  () =>
    inFolder(async (folder) => {
      await writeTiny(folder);
      const files = await loadDataset(folder);
      const resize = { mode: "stretch", size: 32 } as const;
      const bytes = 24 * 32 * 32 * 3;
      assert.equal(isStreamed(files, resize, undefined, bytes), false);
      assert.equal(isStreamed(files, resize, undefined, bytes - 1), true);
      assert.equal(isStreamed(files, resize, "first", 0), false);
      assert.equal(isStreamed(files, resize, "streamed"), true);
      assert.equal(isStreamed(tinySet, resize, undefined, 0), false);
      assert.throws(() => isStreamed(tinySet, resize, "streamed"), {
        name: "OptionError",
        message:
          "decode must be first where images are not files of their own. Received: streamed, tiny",
      });
    }),
);
