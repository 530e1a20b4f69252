import { join } from "@std/path";
import type { Dataset, Split } from "../dataset.ts";
import { holdOut } from "../hold_out.ts";
import { subsetClasses } from "../subset.ts";
import { isFile } from "./folders.ts";
import type { Layout, LayoutOptions } from "./layout.ts";
import {
  cifarSide,
  type CifarVersion,
  readCifarNames,
  readCifarRecords,
} from "./records/cifar_records.ts";
import { recordSplit } from "./records/record_split.ts";
import { unusedFiles } from "./unused_files.ts";

const version: CifarVersion = { title: "CIFAR-10", classes: 10, labelBytes: 1 };
const trainingFiles = [1, 2, 3, 4, 5].map((number) => `data_batch_${number}.bin`);
const testFile = "test_batch.bin";
const namesFile = "batches.meta.txt";

/** The folder in the official archive. */
export const cifar10Folder = "cifar-10-batches-bin";

/** CIFAR-10's binary files. */
export const cifar10Layout: Layout = {
  name: "CIFAR-10, binary",
  tree: "data_batch_1.bin … data_batch_5.bin, test_batch.bin, batches.meta.txt",
  recognize: async (folder) => {
    for (const root of [folder, join(folder, cifar10Folder)]) {
      const names = [...trainingFiles, testFile];
      const there = await Promise.all(names.map((name) => isFile(join(root, name))));
      const found = names.filter((_, index) => there[index]);
      // The error of a missing batch is that of opening, which says that CIFAR-10 is not complete.
      if (found.length > 0) return { root, found, missing: [] };
    }
    return undefined;
  },
  open: async (root, options) =>
    subsetClasses(await cifar10(root, options), options.classes ?? "all"),
};

/**
 * Opens CIFAR-10 from its official binary files: ten classes of 32 × 32 images. A file may hold any number
 * of whole records.
 *
 * @param folder The folder with `data_batch_1.bin` to `data_batch_5.bin`, `test_batch.bin` and
 *   `batches.meta.txt`, which names the classes.
 * @param options How validation images are found, see {@linkcode cifar10Splits}.
 * @throws {DataError} If a file is missing or cut short, or a label is above 9.
 */
export async function cifar10(folder: string, options: CifarOptions = {}): Promise<Dataset> {
  return await openCifar10(folder, {
    classes: await readCifarNames(folder, namesFile, version),
    read: (name) => readCifarRecords(folder, name, version),
    files: { training: trainingFiles, test: testFile, names: namesFile },
  }, options);
}

/** How a version of CIFAR-10 stores its images. */
interface Cifar10Records {
  readonly classes: Dataset["classes"];
  /** Reads the records of a file. */
  readonly read: (name: string) => ReturnType<typeof readCifarRecords>;
  readonly files: {
    readonly training: readonly string[];
    readonly test: string;
    readonly names: string;
  };
}

/** Opens CIFAR-10 in any version of its files. */
export async function openCifar10(
  folder: string,
  { classes, read, files: { training, test, names } }: Cifar10Records,
  options: CifarOptions,
): Promise<Dataset> {
  const trainingImages = recordSplit(await Promise.all(training.map(read)));
  const testImages = recordSplit([await read(test)]);
  return {
    name: "cifar10",
    imageSize: cifarSide,
    classes,
    ...cifar10Splits(classes, trainingImages, testImages, options),
    unused: await unusedFiles(folder, [...training, test, names]),
  };
}

/** How validation images are held out of CIFAR-10's training images. */
export type CifarOptions = Pick<LayoutOptions, "seed" | "validationFraction">;

/**
 * Divides CIFAR-10's images. By default its test images serve as validation, as in earlier versions. With a
 * `validationFraction` that part of the training images validates, chosen by seed, and the test images are
 * the test split.
 */
export function cifar10Splits(
  classes: Dataset["classes"],
  train: Split,
  test: Split,
  { seed, validationFraction }: CifarOptions,
): Pick<Dataset, "train" | "validation" | "test" | "warnings"> {
  if (validationFraction === undefined) {
    return {
      train,
      validation: test,
      warnings: [
        "CIFAR-10's test images serve as validation; --validation-fraction 0.1 holds out training " +
        "images instead and keeps them as test",
      ],
    };
  }
  return {
    ...holdOut(train, classes, { fraction: validationFraction, seed }),
    test,
    warnings: [],
  };
}
