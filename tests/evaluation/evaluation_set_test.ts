import { join } from "@std/path";
import assert from "node:assert/strict";
import type { Split } from "../../lib/data/dataset.ts";
import { openOtherSet, openOwnSet } from "../../lib/evaluation/evaluation_set.ts";
import type { RunRecord } from "../../lib/runs/run_record.ts";
import { inFolder } from "../in_folder.ts";
import { exampleRecord } from "../runs/example_record.ts";
import { numbers, writePictures } from "./own_images.ts";

const net = ["cat", "dog"].map((id) => ({ id, name: id }));

/** Writes folders of splits, with so many pictures of each class. */
async function writeSplits(root: string, counts: Record<string, number>): Promise<string> {
  await writePictures(
    root,
    Object.fromEntries(
      Object.entries(counts).flatMap(([split, count], index) =>
        net.map(({ id }) => [`${split}/${id}`, numbers(count, 100 * index)])
      ),
    ),
  );
  return root;
}

function pathsOf(images: Split): string[] {
  return Array.from(images.labels, (_, index) => images.path(index));
}

function recordOf(source: string): Pick<RunRecord, "data"> {
  return { data: { ...exampleRecord.data, source, classes: net } };
}

Deno.test("plain class folders are evaluated as a whole, unless a part is asked for", () =>
  inFolder(async (folder) => {
    const data = join(folder, "photos");
    await writePictures(data, { cat: numbers(10), dog: numbers(5, 50) });
    const all = await openOtherSet(data, net, {});
    assert.deepEqual([all.split, all.images.length, all.unknown], ["all", 15, 0]);
    assert.deepEqual(all.notes, [`measured on all 15 images of ${data}, which has no splits`]);
    assert.deepEqual([...all.images.labels].filter((label) => label === 0).length, 10);
    const part = await openOtherSet(data, net, { split: "validation" });
    assert.deepEqual([part.split, part.images.length, part.notes], ["validation", 3, []]);
    await assert.rejects(
      openOtherSet(data, net, { split: "test" }),
      /photos has no test images to evaluate on\. It has 12 for training, 3 for validation, 0 /,
    );
  }));

Deno.test("of folders of splits the held-out one is evaluated", () =>
  inFolder(async (folder) => {
    const data = await writeSplits(join(folder, "p"), { train: 4, val: 2 });
    const chosen = await openOtherSet(data, net, {});
    assert.deepEqual([chosen.split, chosen.images.length], ["validation", 4]);
    assert.ok(pathsOf(chosen.images).every((path) => path.startsWith("val/")));
    assert.match(chosen.notes[0]!, /^measured on the validation images of .*p \(--split all /);
    const all = await openOtherSet(data, net, { split: "all" });
    assert.equal(new Set(pathsOf(all.images)).size, 12);
    assert.equal((await openOtherSet(data, net, { split: "train" })).images.length, 8);
    const own = await openOwnSet(recordOf(data), {});
    assert.deepEqual([own.split, own.images.length, own.isDefault], ["validation", 4, true]);
    assert.match(
      own.notes[0]!,
      /on which the best epoch was chosen: there are no separate test images$/,
    );
    const train = await openOwnSet(recordOf(data), { split: "train" });
    assert.deepEqual([train.split, train.images.length, train.isDefault], ["train", 8, false]);
  }));

Deno.test("a test set may lack a class, have others, and have a single one", () =>
  inFolder(async (folder) => {
    const data = join(folder, "photos");
    await writePictures(data, { dog: numbers(3), cow: numbers(4), Cat: numbers(2) });
    const { images, unknown, notes } = await openOtherSet(data, net, {});
    assert.deepEqual([...images.labels], [1, 1, 1]);
    assert.ok(pathsOf(images).every((path) => path.startsWith("dog/")));
    assert.equal(unknown, 6);
    assert.deepEqual(notes.slice(1), [
      "1 of the net's 2 classes have images; there is none of cat",
      "left out: 6 images of classes that the net does not have, Cat (like cat), cow",
    ]);
    const single = join(folder, "single");
    await writePictures(single, { cat: numbers(3) });
    assert.deepEqual([...(await openOtherSet(single, net, {})).images.labels], [0, 0, 0]);
    await assert.rejects(
      openOtherSet(single, [{ id: "x", name: "x" }], {}),
      /the classes of .*single must be among the net's \(x\)\. Received: cat/,
    );
  }));
