import { join } from "@std/path";
import assert from "node:assert/strict";
import { displaySymbol } from "../../lib/display/bundle.ts";
import { type Exploration, exploreData } from "../../lib/explore/mod.ts";
import { jsonPath, writeExploration } from "../../lib/explore/write_exploration.ts";
import { thumbnailBudget } from "../../lib/explore/thumbnails.ts";
import { inFolder } from "../in_folder.ts";
import { sharedData, withSharedData } from "../data/support.ts";
import { plantDuplicates, planted } from "./planted.ts";

/** The groups of the same pictures, as paths. */
function groupsOf({ facts }: Exploration): string[] {
  return facts.duplicates.map(({ pictures }) =>
    pictures.map(({ path }) => path).sort().join(" + ")
  );
}

Deno.test("exploreData() finds all planted duplicates, and invents none", () =>
  inFolder(async (folder) => {
    await plantDuplicates(folder);
    const exploration = await exploreData(folder);
    const { facts } = exploration;
    const expected = Object.values(planted).map((paths) => paths.toSorted().join(" + "));
    assert.deepEqual(groupsOf(exploration).sort(), expected.sort());
    const kinds = Object.fromEntries(
      facts.duplicates.map(({ kind, pictures }) => [pictures[0]!.path, kind]),
    );
    assert.equal(kinds["train/basket/0.png"], "exact");
    assert.equal(kinds["train/bison/0.png"], "exact");
    assert.equal(Object.values(kinds).filter((kind) => kind === "near").length, 6);
    assert.deepEqual(
      facts.duplicates.map(({ leaks, crossesClasses }) => leaks ? 0 : crossesClasses ? 1 : 2),
      [0, 0, 1, 2, 2, 2, 2, 2],
      "leaks come first, then those in two classes",
    );
  }));

Deno.test("exploreData() tells leaks first, then other faults", () =>
  inFolder(async (folder) => {
    await plantDuplicates(folder);
    const { facts } = await exploreData(folder);
    assert.deepEqual(facts.leaks, [{
      ...{ of: "validation", in: "train", pictures: 2, total: 8, exact: 1 },
      examples: ["val/bison/0 again.png", "val/bison/renamed.jpg"],
    }]);
    assert.deepEqual(facts.warnings.slice(0, 4), [
      "LEAK: 2 of 8 validation pictures are also among the training pictures (1 with the same " +
      "bytes, 1 nearly the same), so the validation accuracy is too high: val/bison/0 again.png, " +
      "val/bison/renamed.jpg",
      "1 picture is in two classes or more: train/basket/5.png and train/bison/labeled twice.jpg",
      "1 file cannot be read: 1 because it is empty",
      "The classes are imbalanced: basket has 26 training pictures, 2.2 times as many as bison " +
      "with 12. Whoever always says basket is right for 68.4 %",
    ]);
  }));

Deno.test("exploreData() counts classes, sizes, odd and broken files", () =>
  inFolder(async (folder) => {
    await plantDuplicates(folder);
    const { facts, figures } = await exploreData(folder);
    assert.deepEqual(facts.pictures, { train: 38, validation: 8 });
    assert.deepEqual(facts.classes.map(({ id, pictures }) => [id, pictures]), [
      ["basket", { train: 26, validation: 3 }],
      ["bison", { train: 12, validation: 5 }],
    ]);
    assert.deepEqual(facts.broken, [
      { reason: "it is empty", count: 1, files: ["train/bison/empty.png"] },
    ]);
    const { smallest, largest, median, shorterSide, only } = facts.sizes!;
    assert.deepEqual([smallest, largest, median, only], [
      { width: 20, height: 100 },
      { width: 240, height: 240 },
      { width: 120, height: 120 },
      undefined,
    ]);
    assert.deepEqual(shorterSide.edges, [16, 32, 48, 64, 96, 128, 192, 256]);
    assert.deepEqual(shorterSide.counts, [1, 0, 1, 1, 42, 0, 1]);
    for (const oddity of ["extension", "gray", "tiny", "narrow"] as const) {
      const paths = facts.odd[oddity]?.examples.map(({ path }) => path);
      assert.deepEqual(paths, ["train/bison/odd.jpg"], oddity);
    }
    assert.equal(facts.unused.find(({ reason }) => /no pictures/.test(reason))?.count, 1);
    for (const [name, figure] of Object.entries(figures)) assert.ok(figure, name);
  }));

Deno.test("exploreData() measures brightness and contrast", () =>
  inFolder(async (folder) => {
    const { default: sharp } = await import("sharp");
    for (const name of ["black", "white"]) {
      await Deno.mkdir(join(folder, name));
      for (let number = 0; number < 3; number++) {
        const data = new Uint8Array(40 * 40 * 3).fill(name === "white" ? 255 : 0);
        await sharp(data, { raw: { width: 40, height: 40, channels: 3 } }).png()
          .toFile(join(folder, name, `${number}.png`));
      }
    }
    const { facts } = await exploreData(folder);
    assert.deepEqual([facts.brightness.counts[0], facts.brightness.counts.at(-1)], [3, 3]);
    assert.equal(facts.contrast.counts[0], 6);
    assert.equal(facts.odd["one-color"]?.count, 6);
    // Equal bytes are found in pictures of one color too, and no others.
    assert.equal(facts.duplicates.length, 2);
    assert.ok(facts.duplicates.every(({ kind }) => kind === "exact"));
  }));

Deno.test("writeExploration() writes the facts, and a page with the leak before all else", () =>
  inFolder(async (folder) => {
    await plantDuplicates(join(folder, "data"));
    const exploration = await exploreData(join(folder, "data"));
    const output = join(folder, "new", "page.html");
    const { page, json } = await writeExploration(exploration, { output });
    assert.deepEqual([page, json], [output, jsonPath(output)]);
    assert.deepEqual(JSON.parse(await Deno.readTextFile(json)), exploration.facts);
    const text = await Deno.readTextFile(page);
    const main = text.slice(text.indexOf('<main id="main">'));
    const places = ["LEAK: 2 of 8", "is in two classes", "<dl", 'id="leaks"', 'id="classes"']
      .map((part) => main.indexOf(part));
    assert.deepEqual(places, places.toSorted((a, b) => a - b));
    assert.ok(places[0]! > 0);
    assert.ok(text.length < thumbnailBudget);
    for (const path of Object.values(planted).flat()) assert.ok(text.includes(path), path);
  }));

Deno.test("an exploration shows its facts in a notebook", () =>
  inFolder(async (folder) => {
    await plantDuplicates(folder);
    const exploration = await exploreData(folder);
    const show = Reflect.get(exploration, displaySymbol) as () => Record<string, string>;
    assert.match(show()["text/plain"]!, /duplicates {2}17 pictures show 8 different ones/);
    assert.match(show()["text/html"]!, /<table/);
  }));

Deno.test("exploreData() ends when its signal aborts", () =>
  inFolder(async (folder) => {
    await plantDuplicates(folder);
    await assert.rejects(exploreData(folder, { signal: AbortSignal.abort() }), /abort/i);
  }));

withSharedData(
  "exploreData() of ilsvrc-odd knows the odd files and the pictures made of one",
  async () => {
    const exploration = await exploreData(join(sharedData, "ilsvrc-odd"), { classes: "all" });
    const { odd, broken, duplicates } = exploration.facts;
    assert.deepEqual(broken, []);
    const counts = Object.fromEntries(
      Object.entries(odd).map(([oddity, { count }]) => [oddity, count]),
    );
    assert.deepEqual(counts, {
      // The manifest's CMYK and YCCK files; orientations 2 to 8, and 6 once more.
      ...{ cmyk: 3, orientation: 8, "16-bit": 1, alpha: 2, extension: 10 },
      ...{ gray: 8, tiny: 4, narrow: 2, "one-color": 1 },
    });
    const classes = duplicates.map(({ pictures }) =>
      new Set(pictures.map(({ label }) => label)).size
    );
    assert.deepEqual(
      classes,
      [1, 1, 1, 1, 1, 1, 1, 1],
      "copies were made of one picture of the class",
    );
  },
);

withSharedData("exploreData() of ilsvrc-broken counts all broken files", async () => {
  const { facts } = await exploreData(join(sharedData, "ilsvrc-broken"));
  // Of 14, two are read by both Pillow and TensorFlow.
  assert.equal(facts.broken.reduce((sum, { count }) => sum + count, 0), 12);
  assert.ok(facts.broken.some(({ reason }) => reason === "it is empty"));
});

withSharedData("exploreData() of cifar10 finds its known duplicates", async () => {
  const { facts } = await exploreData(join(sharedData, "cifar10"));
  // Barz and Denzler found 3.3 % of the test images among all 50,000 training images; here are 13,000.
  assert.equal(facts.leaks[0]?.pictures, 49);
  assert.deepEqual(facts.sizes?.only, { width: 32, height: 32 });
  assert.ok(facts.duplicates.every(({ crossesClasses }) => !crossesClasses));
});

withSharedData("exploreData() of Imagenette invents no duplicates", async () => {
  const folder = join(sharedData, "imagenette-224");
  const { facts } = await exploreData(folder, { perClass: 100 });
  assert.deepEqual(facts.pictures, { train: 1000, validation: 500 });
  assert.deepEqual([facts.duplicates, facts.leaks], [[], []]);
});

Deno.test("exploreData() of drawn10 finds no duplicates, and no size", () =>
  inFolder(async () => {
    const { facts } = await exploreData("drawn10", { perClass: 20 });
    assert.deepEqual(facts.pictures, { train: 200, validation: 500 });
    assert.deepEqual([facts.duplicates, facts.sizes], [[], undefined]);
  }));
