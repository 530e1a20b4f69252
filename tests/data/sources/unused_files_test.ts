import { join } from "@std/path";
import fc from "fast-check";
import assert from "node:assert/strict";
import type { Dataset } from "../../../lib/data/dataset.ts";
import { leftOutText } from "../../../lib/data/left_out.ts";
import { loadDataset, type LoadOptions } from "../../../lib/data/open_dataset.ts";
import { ignoresCase } from "../../../lib/data/sources/listing/spelling.ts";
import { unusedFiles } from "../../../lib/data/sources/unused_files.ts";
import { testOnPosix } from "../../test_on_posix.ts";
import { withFolder } from "../support.ts";
import { files, pathsOf } from "./layout_files.ts";

/** Layouts in which a data set is recognized whatever lies in it besides. */
const bases: readonly (readonly [names: readonly string[], options: LoadOptions])[] = [
  [["cat/a#3.jpg", "dog/a#3.png"], {}],
  [["cat/a#3.jpg", "dog/a#3.png", "owl/b#2.gif"], { classes: ["owl", "cat"] }],
  [["train/cat/a#3.jpg", "train/dog/a#3.jpg", "val/cat/b.jpg", "test/dog/b.jpg"], {}],
  [["Training/cat/a#3.jpg", "Training/dog/a#3.jpg", "Test/dog/b.jpg", "seg_pred/#2.jpg"], {}],
  [["train/cat/a#3.jpg", "train/dog/a#3.jpg"], { perClass: 1 }],
  [["in/a#6.jpg", "labels.csv=id,label\na0,x\na1,y\na2,x\na3,y"], {}],
  [["in/x_#3.jpg", "in/y_#3.jpg"], { labelPattern: "{label}_#" }],
  [
    ["train/n01440764/#2.JPEG", "train/n01443537/#2.JPEG", "val/1.JPEG", "val/2.JPEG"].concat(
      "LOC_val_solution.csv=ImageId,PredictionString\n1,n01440764 1 2 3 4\n",
    ),
    {},
  ],
];

const folders = fc.constantFrom(
  ...["", "cat", "cat/2019", "dog", "train", "train/cat", "train/cat/images", "val", "val/bird"],
  ...["test", "test/cat", "in", "in/deep/er", "seg_pred", "__MACOSX", "labels", "owl", ".git"],
);
const names = fc.constantFrom(
  ...["p.jpg", "q.JFIF", "r.avif", "s.heic", "t.svg", "u.txt", ".DS_Store", "Thumbs.db", "._p.jpg"],
  ...["v", "w.cr2", "é.png", "a b.webp", "x_9.jpg", "a#1.jpg", "y.tiff", "z.mp4"],
);
const planted = fc.uniqueArray(fc.tuple(folders, names), {
  maxLength: 25,
  selector: ([folder, name]) => `${folder}/${name}`,
});

/** Whether a path begins with the folder of a base in another case, which is the same one on some systems. */
function isOtherCase(path: string, base: readonly string[]): boolean {
  if (!ignoresCase) return false;
  const first = path.split("/")[0]!;
  return base.map((each) => each.split("/")[0]!)
    .some((other) => other !== first && other.toLowerCase() === first.toLowerCase());
}

/** The files below some folders that are counted as one. */
function countBelow(all: readonly string[], counted: ReadonlySet<string>): number {
  return all.filter((path) => [...counted].some((folder) => path.startsWith(`${folder}/`))).length;
}

/** Whether each file is a sample, was read for its labels, or is counted as unused, and only once. */
function requireAccount(dataset: Dataset, all: readonly string[], read: readonly string[]): void {
  const { train, validation, test, unused = [] } = dataset;
  const used = [train, validation, test].flatMap(pathsOf);
  const counted = new Set(unused.flatMap(({ folders, examples }) => folders ? examples : []));
  const files = unused.filter(({ folders }) => !folders);
  for (const { count, examples } of unused) assert.equal(count, examples.length);
  const named = [...used, ...read, ...files.flatMap(({ examples }) => examples)];
  assert.equal(new Set(named).size, named.length);
  assert.equal(named.length + countBelow(all, counted), all.length);
  for (const path of named) assert.ok(all.includes(path), path);
}

Deno.test("Every file of a folder is used, read, or counted once by its reason", async () => {
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...bases), planted, async ([base, options], others) => {
      const more = others.map(([folder, name]) => folder === "" ? name : `${folder}/${name}`)
        // A picture in a folder named `train` or `val` beside class folders is refused, and so on.
        .filter((path) => !/^(train|val)\/[^/]*$/.test(path))
        .filter((path) => !isOtherCase(path, base));
      const content = { ...files(...more), ...files(...base) };
      await withFolder(content, async (folder) => {
        const dataset = await loadDataset(folder, options).catch((error) => {
          assert.equal(error.name, "DataError", error.stack);
          return undefined;
        });
        // What lies about may make the folder ambiguous: then nothing is read.
        if (!dataset) return;
        const read = Object.keys(content).filter((path) => path.endsWith(".csv"));
        requireAccount(dataset, Object.keys(content), read);
      });
    }),
    { numRuns: 150 },
  );
});

Deno.test("unusedFiles() knows used files by names of another case where the system does", async () => {
  const onDisk = files("train/2/1.jpg", "train/2/2.jpg", "train/x/3.jpg", "test.csv", "TEST/4.jpg");
  await withFolder(onDisk, async (folder) => {
    const used = ["Train/2/1.jpg", "Train/2/2.jpg", "Test.csv"];
    const reason = (path: string): string | undefined =>
      path.startsWith("Train/") ? "of no class" : undefined;
    assert.deepEqual(await unusedFiles(folder, used, reason, { anyCase: true }), [
      { reason: "pictures without a class", count: 1, examples: ["TEST/4.jpg"] },
      { reason: "of no class", count: 1, examples: ["Train/x/3.jpg"] },
    ]);
    const others = await unusedFiles(folder, used, reason, { anyCase: false });
    assert.equal(others.reduce((sum, { count }) => sum + count, 0), 5);
  });
});

Deno.test("unusedFiles() knows used files in any order of their folders", () =>
  withFolder(files("cat/#3.jpg", "dog/#3.jpg", "0.jpg"), async (folder) => {
    const used = ["dog/1.jpg", "cat/0.jpg", "dog/0.jpg", "0.jpg", "cat/2.jpg"];
    const [group, ...others] = await unusedFiles(folder, used);
    assert.deepEqual([group?.examples, others], [["cat/1.jpg", "dog/2.jpg"], []]);
  }));

testOnPosix(
  "unusedFiles() counts links that lead nowhere or back, and folders without rights",
  "links need a right",
  async () => {
    await withFolder(files("cat/1.jpg", "cat/b/2.jpg"), async (folder) => {
      await Deno.symlink("nowhere", join(folder, "cat/dead.jpg"));
      await Deno.symlink("..", join(folder, "cat/up"));
      await Deno.symlink("b", join(folder, "cat/again"));
      assert.deepEqual(await unusedFiles(folder, ["cat/1.jpg"]), [
        {
          reason: "links that lead nowhere or back",
          count: 2,
          examples: ["cat/dead.jpg", "cat/up"],
        },
        {
          reason: "pictures without a class",
          count: 2,
          examples: ["cat/again/2.jpg", "cat/b/2.jpg"],
        },
      ]);
    });
  },
);

Deno.test("unusedFiles() does not list the folders of classes that were not selected", async () => {
  await withFolder(files("cat/1.jpg", "dog/#3.jpg"), async (folder) => {
    assert.deepEqual(
      await unusedFiles(folder, ["cat/1.jpg"], undefined, { notSelected: ["dog"] }),
      [
        {
          reason: "folders of classes that were not selected",
          count: 1,
          examples: ["dog"],
          folders: true,
        },
      ],
    );
  });
});

Deno.test("leftOutText() says in one line what is left out, without hidden files", () => {
  const group = (
    count: number,
    reason: string,
  ): { count: number; reason: string; examples: [] } => ({
    ...{ count, reason },
    examples: [],
  });
  const unused = [
    group(20, ".heic (a kind that is not read)"),
    group(30, "pictures without a class"),
    group(1, "files that are no pictures"),
    group(4, "hidden files"),
  ];
  assert.equal(
    leftOutText(unused, 3),
    "20 .heic (a kind that is not read), 30 pictures without a class, 1 file that is no picture, " +
      "3 broken files",
  );
  assert.equal(leftOutText([group(4, "hidden files")]), "");
});
