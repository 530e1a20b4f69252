import { dirname, join } from "@std/path";
import { decodeImage } from "../../../lib/data/images/decode.ts";
import { BrokenImageError } from "../../../lib/data/dataset.ts";
import { DataError } from "../../../lib/data/errors.ts";
import { loadDataset } from "../../../lib/data/open_dataset.ts";
import { planes } from "../../data/sources/records/cifar_planes.ts";
import { matlabFile, type MatlabInput } from "../../data/sources/records/matlab_files.ts";
import { batchPickle, metaPickle } from "../../data/sources/records/pickles.ts";
import { fileTarget, type Target } from "../target.ts";
import { addFile, readAll } from "./data.ts";

type Content = Uint8Array<ArrayBuffer> | string;

const bytesOf = (content: Content): Uint8Array<ArrayBuffer> =>
  typeof content === "string" ? new TextEncoder().encode(content) : content;

/** Reads a data set of which one file is an input, and the others are as they should be. */
function setTarget(
  name: string,
  file: string,
  contents: readonly Content[],
  others: Readonly<Record<string, Content>>,
): Target {
  return fileTarget({
    name: `sets: ${name}`,
    file,
    seeds: () => Promise.resolve(contents.map(bytesOf)),
    read: async (_, folder) => {
      for (const [path, content] of Object.entries(others)) {
        await Deno.mkdir(dirname(join(folder, path)), { recursive: true });
        await addFile(join(folder, path), bytesOf(content));
      }
      await readAll(await loadDataset(folder));
    },
    errors: [DataError],
  });
}

const batch = batchPickle([3, 9], planes([1, 2, 3], [4, 5, 6]));
const names = [..."abcdefghij"];
const cifar = {
  ...Object.fromEntries([2, 3, 4, 5].map((number) => [`data_batch_${number}`, batch])),
  "test_batch": batch,
};

const bytes = (...values: readonly number[]): MatlabInput => ({
  shape: [1, values.length],
  bytes: values,
});
const digits = matlabFile({
  X: { shape: [32, 32, 3, 2], bytes: planes([1, 2, 3], [4, 5, 6]) },
  y: { shape: [2, 1], bytes: [10, 1] },
});

const idx = (sides: readonly number[], values: readonly number[]): Uint8Array<ArrayBuffer> =>
  Uint8Array.of(0, 0, 8, sides.length, ...sides.flatMap((side) => [0, 0, 0, side]), ...values);
const mnist = {
  "train-labels-idx1-ubyte": idx([2], [3, 4]),
  "t10k-images-idx3-ubyte": idx([1, 28, 28], Array(784).fill(5)),
  "t10k-labels-idx1-ubyte": idx([1], [9]),
};

const [tench, fox] = ["n01440764", "n02119789"];
const valName = (number: number): string => `ILSVRC2012_val_0000000${number}.JPEG`;
const imagenet = {
  [`train/${tench}/1.JPEG`]: "-",
  [`train/${fox}/1.JPEG`]: "-",
  [`val/${valName(1)}`]: "-",
  [`val/${valName(2)}`]: "-",
};
const clsloc = `${fox} 1 kit_fox\n${tench} 449 tench\n`;

const signs = {
  "Train/2/00002_00000_00000.png": "-",
  "Train/10/00010_00000_00000.png": "-",
  "Test/00000.png": "-",
};

const food = {
  "images/pie/1.jpg": "-",
  "images/tea/2.jpg": "-",
  "meta/test.txt": "pie/3\ntea/4\n",
};

/** Readers of official data sets. */
export const officialSetTargets: readonly Target[] = [
  setTarget("CIFAR-10: pickle", "data_batch_1", [batch], {
    ...cifar,
    "batches.meta": metaPickle("label_names", names),
  }),
  setTarget("CIFAR-10: pickled names", "batches.meta", [metaPickle("label_names", names)], {
    ...cifar,
    "data_batch_1": batch,
  }),
  setTarget("SVHN: MAT file", "train_32x32.mat", [digits], { "test_32x32.mat": digits }),
  setTarget(
    "flowers: MAT file",
    "setid.mat",
    [matlabFile({ trnid: bytes(1, 2), valid: bytes(3), tstid: bytes(4) })],
    { "imagelabels.mat": matlabFile({ labels: bytes(1, 2, 1, 2) }), "jpg/image_00001.jpg": "-" },
  ),
  setTarget("MNIST: images", "train-images-idx3-ubyte", [
    idx([2, 28, 28], Array(2 * 784).fill(7)),
  ], mnist),
  setTarget("ImageNet: meta.mat", "meta.mat", [
    matlabFile({
      synsets: { structs: [{ ILSVRC2012_ID: 1, WNID: fox }, { ILSVRC2012_ID: 449, WNID: tench }] },
    }),
  ], { ...imagenet, "ILSVRC2012_validation_ground_truth.txt": "1\n449\n" }),
  setTarget("ImageNet: ground truth", "ILSVRC2012_validation_ground_truth.txt", ["1\n449\n"], {
    ...imagenet,
    "map_clsloc.txt": clsloc,
  }),
  setTarget("ImageNet: map_clsloc.txt", "map_clsloc.txt", [clsloc], {
    ...imagenet,
    "ILSVRC2012_validation_ground_truth.txt": "1\n449\n",
  }),
  setTarget("ImageNet: val.txt", "val.txt", [
    `${valName(1)} 0\n${valName(2)} 1\n`,
    `${valName(1)} ${fox}\n`,
  ], imagenet),
  setTarget("Tiny ImageNet: annotations", "val/val_annotations.txt", [
    `val_0.JPEG\t${fox}\t0\t1\t2\t3\nval_1.JPEG\t${tench}\t0\t1\t2\t3\n`,
  ], {
    [`train/${tench}/images/1.JPEG`]: "-",
    [`train/${fox}/images/1.JPEG`]: "-",
    "val/images/val_0.JPEG": "-",
  }),
  setTarget("GTSRB: table", "Test.csv", [
    "Width,Height,ClassId,Path\n53,54,10,Test/00000.png\n",
    "Filename;ClassId\n00000.png;2\n",
  ], signs),
  setTarget("Food-101: list", "meta/train.txt", ["pie/1\ntea/2\n"], food),
  fileTarget({
    name: "sets: PPM",
    file: "a.ppm",
    seeds: () =>
      Promise.resolve([bytesOf("P6\n2 2\n255\nabcdefghijkl"), bytesOf("P5 2 1 65535 abcd")]),
    read: async (path) => void await decodeImage(path),
    errors: [BrokenImageError],
  }),
];
