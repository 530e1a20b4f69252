import { join } from "@std/path";
import type { Dataset, Image } from "../../dataset.ts";
import { DataError } from "../../errors.ts";
import { subsetClasses } from "../../subset.ts";
import { cifar10Splits } from "../cifar10.ts";
import type { Layout, LayoutOptions } from "../layout.ts";
import { officialSet } from "../official_set.ts";
import { findPlace } from "../places.ts";
import { unusedFiles } from "../unused_files.ts";
import { cifarSide, requireLabels } from "./cifar_records.ts";
import { readMatFile } from "./mat_file.ts";
import { interleave, type RecordFile, recordSplit } from "./record_split.ts";

const imageBytes = 3 * cifarSide ** 2;

interface Version {
  readonly title: string;
  readonly folder: string;
  readonly training: readonly string[];
  readonly test: string;
  readonly meta: string;
  readonly labels: string;
  readonly names: string;
}

const cifar10: Version = {
  ...{ title: "CIFAR-10, MATLAB", folder: "cifar-10-batches-mat" },
  training: [1, 2, 3, 4, 5].map((number) => `data_batch_${number}.mat`),
  ...{ test: "test_batch.mat", meta: "batches.meta.mat", labels: "labels", names: "label_names" },
};
const cifar100: Version = {
  ...{ title: "CIFAR-100, MATLAB", folder: "cifar-100-matlab", training: ["train.mat"] },
  ...{ test: "test.mat", meta: "meta.mat", labels: "fine_labels", names: "fine_label_names" },
};

/** CIFAR-10's files for MATLAB. */
export const cifar10MatlabLayout: Layout = layoutOf(cifar10);

/** CIFAR-100's files for MATLAB. The classes are the fine ones. */
export const cifar100MatlabLayout: Layout = layoutOf(cifar100);

function layoutOf(version: Version): Layout {
  const needed = [...version.training, version.test, version.meta];
  return {
    name: version.title,
    tree: needed.join(", "),
    recognize: (folder) =>
      findPlace(folder, ["", version.folder], { needed, telling: version.training }),
    open: (root, options) => openMatlab(root, version, options),
  };
}

async function openMatlab(
  root: string,
  version: Version,
  options: LayoutOptions,
): Promise<Dataset> {
  const meta = await readMatFile(join(root, version.meta));
  const classes = meta.texts(version.names).map((name) => ({ id: name, name }));
  const read = (name: string): Promise<RecordFile> =>
    readBatch(root, name, version.labels, classes.length);
  const train = recordSplit(await Promise.all(version.training.map(read)));
  const test = recordSplit([await read(version.test)]);
  const unused = await unusedFiles(root, [...version.training, version.test, version.meta]);
  const facts = { imageSize: cifarSide, classes, unused };
  if (version === cifar100) {
    return officialSet({ name: "cifar100", ...facts, train, test }, options);
  }
  const splits = cifar10Splits(classes, train, test, options);
  return subsetClasses({ name: "cifar10", ...facts, ...splits }, options.classes ?? "all");
}

/** Each column of the array is one pixel of all images: MATLAB stores columns. */
async function readBatch(
  root: string,
  name: string,
  labelsName: string,
  classes: number,
): Promise<RecordFile> {
  const file = await readMatFile(join(root, name));
  const labels = Array.from(file.numbers(labelsName).values);
  requireLabels(file.file, labels, classes);
  const { shape, values } = file.bytes("data");
  if (shape.join() !== `${labels.length},${imageBytes}`) {
    throw new DataError(
      `${file.file} must hold data, ${labels.length} × ${imageBytes} bytes. Received: ${
        shape.slice(0, 8).join(" × ")
      }`,
    );
  }
  const read = (record: number): Image => {
    const planes = Uint8Array.from(
      { length: imageBytes },
      (_, pixel) => values[record + pixel * labels.length]!,
    );
    return interleave(planes, cifarSide);
  };
  return { name, labels, read };
}
