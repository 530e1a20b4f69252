import assert from "node:assert/strict";
import type { Dataset } from "../../../../lib/data/dataset.ts";
import {
  loadDataset,
  type LoadOptions,
  openAnyDataset,
} from "../../../../lib/data/open_dataset.ts";
import { withFolder } from "../../support.ts";
import { files, pathsOf, sizesOf } from "../layout_files.ts";

async function open(names: readonly string[], options: LoadOptions = {}): Promise<Dataset> {
  let dataset: Dataset | undefined;
  await withFolder(files(...names), async (folder) => {
    dataset = await loadDataset(folder, options);
  });
  return dataset!;
}

/** Rows for the pictures 0 to 9: the even ones are cats, the odd ones dogs. */
function rows(row: (index: number, label: string) => string, count = 10): string {
  return Array.from({ length: count }, (_, index) => row(index, index % 2 ? "dog" : "cat")).join(
    "\n",
  );
}

/** The class of each training and validation picture by its file name. */
function labelsOf({ classes, train, validation }: Dataset): Record<string, string> {
  return Object.fromEntries(
    [train, validation].flatMap((split) =>
      pathsOf(split).map((path, index) => [
        path.split("/").at(-1)!.replace(/\.\w+$/, ""),
        classes[split.labels[index]!]!.id,
      ])
    ),
  );
}

const expected = Object.fromEntries(
  Array.from({ length: 10 }, (_, index) => [String(index), index % 2 ? "dog" : "cat"]),
);

Deno.test("A single table beside flat pictures says their classes, in the forms of Kaggle's sets", async () => {
  const tables = [
    ["labels.csv", `id,breed\n${rows((index, label) => `${index},${label}`)}`, "breed", "id"],
    [
      "train.csv",
      `image_id,label\n${rows((index, label) => `${index}.png,${label}`)}`,
      "label",
      "image_id",
    ],
    [
      "trainLabels.csv",
      `image,level\n${rows((index, label) => `${index},${label}`)}`,
      "level",
      "image",
    ],
    ["a.csv", `Image,Id\n${rows((index, label) => `${index}.png,${label}`)}`, "Id", "Image"],
    [
      "a.tsv",
      `path\tcategory\n${rows((index, label) => `train/${index}.png\t${label}`)}`,
      "category",
      "path",
    ],
    [
      "a.csv",
      `n;file;class\n${rows((index, label) => `-;x/train/${index}.png;${label}`)}`,
      "class",
      "file",
    ],
    [
      "a.csv",
      `id,class_id,class_name\n${rows((index, label) => `${index},${index % 2},${label}`)}`,
      "class_name",
      "id",
    ],
    ["a.csv", rows((index, label) => `${index}.png,${label}`), "2", "1"],
  ] as const;
  for (const [name, text, column, file] of tables) {
    const dataset = await open(["train/#10.png", `${name}=${text}`]);
    assert.deepEqual(labelsOf(dataset), expected, text);
    assert.deepEqual(sizesOf(dataset), [8, 2]);
    assert.deepEqual(dataset.warnings, [
      `Classes: column ${column} of ${name}, with the pictures in column ${file}`,
    ]);
    assert.deepEqual(dataset.unused, []);
  }
});

Deno.test("Test pictures without labels are counted; a submission is no table of labels", async () => {
  const dataset = await open([
    ...["train/#10.png", "test/#10.png"],
    `trainLabels.csv=id,label\n${rows((index, label) => `${index},${label}`)}`,
    `sampleSubmission.csv=id,label\n${rows((index) => `${index},cat`)}`,
  ]);
  assert.deepEqual(labelsOf(dataset), expected);
  assert.ok(pathsOf(dataset.train).every((path) => path.startsWith("train/")));
  assert.deepEqual(dataset.unused?.map(({ reason, count }) => [reason, count]), [
    ["files that are no pictures", 1],
    ["pictures without a class in trainLabels.csv", 10],
  ]);
});

Deno.test("A column for each class is read, and a picture of two classes refused", async () => {
  const table = (marks: (index: number) => string): string =>
    `t.csv=image,MEL,NV,BCC\n${rows((index) => `${index},${marks(index)}`)}`;
  const dataset = await open([
    "in/#10.jpg",
    table((index) => index % 2 ? "0.0,0.0,1.0" : "1.0,0.0,0.0"),
  ]);
  assert.deepEqual(dataset.classes.map(({ id }) => id), ["BCC", "MEL"]);
  assert.equal(labelsOf(dataset)["3"], "BCC");
  assert.match(
    dataset.warnings[0]!,
    /^Classes: one column for each class \(MEL, NV, BCC\) of t\.csv/,
  );
  await assert.rejects(
    open(["in/#10.jpg", table(() => "1,1,0")]),
    /t\.csv must give each picture one class\. Received: MEL, NV for 0$/,
  );
});

Deno.test("Splits come from a column, from folders, or from tables for each split", async () => {
  const split = (index: number): string => ["train", "valid", "TEST"][index % 3]!;
  const column = await open([
    "#10.jpg",
    `l.csv=file,label,split\n${rows((index, label) => `${index}.jpg,${label},${split(index)}`)}`,
  ]);
  assert.deepEqual(sizesOf(column), [4, 3, 3]);
  assert.deepEqual(pathsOf(column.test).sort(), ["2.jpg", "5.jpg", "8.jpg"]);
  const folders = await open([
    ...["train/a#6.jpg", "val/b#4.jpg"],
    `l.csv=file,label\n${
      rows((i, label) => i < 6 ? `a${i}.jpg,${label}` : `b${i - 6}.jpg,${label}`)
    }`,
  ]);
  assert.deepEqual(sizesOf(folders), [6, 4]);
  const tables = await open([
    "images/#10.jpg",
    `train.csv=id,label\n${rows((index, label) => `${index},${label}`, 6)}`,
    `test.csv=id,label\n6,cat\n7,dog\n8,cat\n9,dog`,
  ]);
  assert.deepEqual(sizesOf(tables), [4, 2, 4]);
});

Deno.test("Labels of test images alone make a set for evaluations", async () => {
  await withFolder(
    files("test/#4.jpg", "l.csv=id,label\n0,cat\n1,dog\n2,cat\n3,cat"),
    async (folder) => {
      assert.deepEqual(sizesOf(await openAnyDataset(folder)), [0, 0, 4]);
    },
  );
});

Deno.test("Rows without a picture or a class are told; numbers are sorted as numbers", async () => {
  const dataset = await open(["#4.jpg", "l.csv=id,level\n0,10\n1,9\n2,10\n3,\n7,9\n8,9"]);
  assert.deepEqual(dataset.classes.map(({ id }) => id), ["9", "10"]);
  assert.deepEqual(dataset.warnings.slice(1, 3), [
    "2 rows of l.csv have no picture: 7, 8",
    "1 row of l.csv have no class: 3",
  ]);
});

Deno.test("Tables that contradict each other, the folders or themselves are refused", async () => {
  const table = `id,label\n${rows((index, label) => `${index},${label}`)}`;
  await assert.rejects(
    open(["in/#10.jpg", `a.csv=${table}`, `b.csv=${table}`]),
    /one table of its images' classes\. Received: a\.csv, b\.csv\. Name the right one with --labels/,
  );
  await assert.rejects(
    open(["part1/a#4.jpg", "part2/#10.jpg", `m.csv=${table}`]),
    /must be its folders or a table\. Received: folders part1, part2, and \S+m\.csv with other classes/,
  );
  await assert.rejects(
    open(["in/#10.jpg", "a.csv=id,label\n1,cat\n1,dog\n2,cat\n3,dog"]),
    /a\.csv must give each picture one class\. Received: cat and dog for in\/1\.jpg/,
  );
  await assert.rejects(
    open(["a/#4.jpg", "b/#4.jpg", "l.csv=id,label\n1,cat\n2,dog\n3,cat"], { labels: "l.csv" }),
    /l\.csv must name each picture by a path .* Received: 1, which is a\/1\.jpg or b\/1\.jpg/,
  );
  const same = `l.csv=id,label\n${rows((i, label) => `${label}${i}.jpg,${label}`, 4)}`;
  const folders = await open([
    "cat/cat0.jpg",
    "cat/cat2.jpg",
    "dog/dog1.jpg",
    "dog/dog3.jpg",
    same,
  ]);
  assert.deepEqual(folders.warnings, []);
});

Deno.test("A table and its columns may be named", async () => {
  const names = [
    "in/#10.jpg",
    `a.csv=id,label,category\n${rows((index, label) => `${index},${index % 3},${label}`)}`,
  ];
  await assert.rejects(open(names), /--labels a\.csv and --label-columns FILE,LABEL/);
  await assert.rejects(
    open(names, { labels: "a.csv" }),
    /several columns may be the classes: label, category\. Received: id, label, category\./,
  );
  for (const labelColumns of [["id", "category"], ["1", "3"]]) {
    assert.deepEqual(labelsOf(await open(names, { labels: "a.csv", labelColumns })), expected);
  }
  await assert.rejects(
    open(names, { labels: "a.csv", labelColumns: ["id", "breed"] }),
    /labelColumns must be two of the columns of \S+a\.csv \(id, label, category\)\. Received: breed/,
  );
  await assert.rejects(open(names, { labels: "b.csv" }), /b\.csv is missing/);
  await assert.rejects(open(names, { labelColumns: ["id", "label"] }), { name: "OptionError" });
  await assert.rejects(loadDataset("drawn10", { labels: "a.csv" }), { name: "OptionError" });
});

Deno.test("Classes are read from file names where a pattern is given", async () => {
  const names = ["train/cat.#5.jpg", "train/dog.#5.jpg", "test1/#4.jpg"];
  const dataset = await open(names, { labelPattern: "{label}.#" });
  assert.deepEqual(dataset.classes.map(({ id }) => id), ["cat", "dog"]);
  assert.deepEqual(sizesOf(dataset), [8, 2]);
  assert.deepEqual(dataset.unused?.map(({ reason, count }) => [reason, count]), [
    ["pictures whose names do not fit {label}.#", 4],
  ]);
  const dogs = await open(names, { labelPattern: "{label}.#", classes: ["dog"] }).catch(String);
  assert.match(String(dogs), /two classes or more. Received: 1/);
  await assert.rejects(
    open(names, { labelPattern: "{label}_#" }),
    /must have pictures with a class\. Received: 14 pictures whose names do not fit \{label\}_#/,
  );
  await assert.rejects(open(names, { labelPattern: "*" }), { name: "OptionError" });
  await assert.rejects(open(names, { labelPattern: "{label}", labels: "l.csv" }), /together/);
});

Deno.test("Tables in the encodings that Excel writes keep the names of classes apart", async () => {
  const text = `id,label\r\n${
    Array.from({ length: 10 }, (_, index) => `${index},M${index % 2 ? "ä" : "ö"}`).join("\r\n")
  }`;
  const codes = Array.from(text, (character) => character.charCodeAt(0));
  const wide = (order: readonly number[]): number[] =>
    [0xfeff, ...codes].flatMap((code) => order.map((shift) => (code >> shift) & 0xff));
  const guess = "labels.csv is not UTF-8: it is read as Windows-1252";
  for (
    const [bytes, warning] of [
      [codes, guess],
      [wide([0, 8])],
      [wide([8, 0])],
      [[0xef, 0xbb, 0xbf, ...new TextEncoder().encode(text)]],
    ] as const
  ) {
    const content = { ...files("#10.png"), "labels.csv": Uint8Array.from(bytes) };
    await withFolder(content, async (folder) => {
      const { classes, warnings } = await loadDataset(folder);
      assert.deepEqual(classes.map(({ id }) => id), ["Mä", "Mö"]);
      assert.deepEqual(warnings.slice(1), warning === undefined ? [] : [warning]);
    });
  }
  await withFolder({ ...files("#3.png"), "labels.csv": "PK\0\0" }, async (folder) => {
    await assert.rejects(
      loadDataset(folder, { labels: "labels.csv" }),
      /must be a CSV or TSV file\. Received: a file of binary numbers$/,
    );
  });
});
