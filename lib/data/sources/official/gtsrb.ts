import { join } from "@std/path";
import type { ClassLabel, Dataset } from "../../dataset.ts";
import { DataError } from "../../errors.ts";
import { chain, type LabeledFile } from "../file_list.ts";
import { fileSplit } from "../file_split.ts";
import { isFile, isFolder, listClassImages, listFolders, listImages } from "../folders.ts";
import type { Layout, LayoutOptions } from "../layout.ts";
import { officialSet } from "../official_set.ts";
import { unusedFiles } from "../unused_files.ts";
import { gtsrbNames } from "./gtsrb_names.ts";
import { readTable } from "./read_table.ts";

/** The German traffic signs: 43 classes with numbers for names, which sort as numbers. */
export const gtsrbLayout: Layout = {
  name: "GTSRB",
  tree: "Train/<number>/, Test/ and Test.csv (Kaggle), or Final_Training/Images/<number>/, " +
    "Final_Test/Images/ and GT-final_test.csv",
  recognize: async (folder) => {
    const places = await findPlaces(folder);
    return places && { root: folder, found: [`${places.train}/<number>/`], missing: [] };
  },
  open: gtsrb,
};

/** Where the parts lie, as paths inside the data set. */
interface Places {
  readonly train: string;
  /** The folder of the test images. */
  readonly test: string;
  /** The table of their classes; `undefined` if it is not there. */
  readonly table: string | undefined;
}

const forms: readonly { train: string; test: string; tables: readonly string[] }[] = [
  { train: "Train", test: "Test", tables: ["Test.csv"] },
  { train: "train", test: "test", tables: ["test.csv", "Test.csv"] },
  ...["", "GTSRB/"].flatMap((place) =>
    ["Final_Training/Images", "Training"].map((train) => ({
      train: `${place}${train}`,
      test: `${place}Final_Test/Images`,
      tables: ["Final_Test/Images/", "Final_Test/", ""]
        .flatMap((inside) => [`${place}${inside}GT-final_test.csv`, `${inside}GT-final_test.csv`]),
    }))
  ),
];

async function findPlaces(root: string): Promise<Places | undefined> {
  for (const { train, test, tables } of forms) {
    if (!await isFolder(join(root, train))) continue;
    const folders = await listFolders(join(root, train));
    if (folders.length === 0 || !folders.every((name) => /^\d+$/.test(name))) continue;
    for (const table of tables) {
      if (await isFile(join(root, table)) && await isOfSigns(join(root, table))) {
        return { train, test, table };
      }
    }
    // The official folders are known without the table, which is a download of its own.
    if (train.includes("Final_Training")) return { train, test, table: undefined };
  }
  return undefined;
}

async function isOfSigns(table: string): Promise<boolean> {
  const [row] = await readTable(table);
  return row !== undefined && "classid" in row;
}

async function gtsrb(root: string, options: LayoutOptions): Promise<Dataset> {
  const { train: inside, test: testFolder, table } = await findPlaces(root) ??
    { train: "Train", test: "Test", table: undefined };
  const folders = await listFolders(join(root, inside));
  const ids = folders.sort((one, other) => Number(one) - Number(other));
  const classes = ids.map((id): ClassLabel => ({ id, name: gtsrbNames[Number(id)] ?? id }));
  const train = await listClassImages(root, inside, ids);
  const test = table === undefined ? [] : await listTest(root, testFolder, table, ids);
  const used = chain(
    train.paths(),
    test.map(({ path }) => path),
    table === undefined ? [] : [table],
  );
  const reason = table === undefined
    ? "test images without labels (GT-final_test.csv)"
    : `test images of no class in ${table}`;
  return officialSet({
    name: options.name,
    classes,
    train: fileSplit(root, train),
    ...(test.length > 0 ? { test: fileSplit(root, test) } : {}),
    unused: await unusedFiles(
      root,
      used,
      (path) => path.startsWith(`${testFolder}/`) && isPicture(path) ? reason : undefined,
    ),
    groupOf: (index) => trackOf(train.path(index)!),
    grouped: "tracks of training images",
  }, options);
}

function isPicture(path: string): boolean {
  return /\.(png|ppm)$/i.test(path);
}

/** The frames of a track show one sign as a car comes near: `00020_00003_00029.png` is the last of 30. */
function trackOf(path: string): string {
  return path.replace(/_\d+\.\w+$/, "");
}

async function listTest(
  root: string,
  folder: string,
  table: string,
  ids: readonly string[],
): Promise<LabeledFile[]> {
  const labels = new Map(ids.map((id, label) => [Number(id), label]));
  const classOf = new Map<string, number>();
  for (const [index, row] of (await readTable(join(root, table))).entries()) {
    const image = (row["path"] ?? row["filename"] ?? "").split("/").at(-1);
    if (!image || !/^\d+$/.test(row["classid"] ?? "")) {
      throw new DataError(
        `${join(root, table)}, row ${index + 1}: must have an image and its class, a number. ` +
          `Received: ${JSON.stringify(row).slice(0, 120)}`,
      );
    }
    classOf.set(image, Number(row["classid"]));
  }
  return (await listImages(join(root, folder))).flatMap((image) => {
    const label = labels.get(classOf.get(image) ?? -1);
    return label === undefined ? [] : [{ path: `${folder}/${image}`, label }];
  });
}
