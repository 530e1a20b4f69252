import { join } from "@std/path";
import type { Layout } from "../layout.ts";
import { officialSet } from "../official_set.ts";
import { findPlace } from "../places.ts";
import { unusedFiles } from "../unused_files.ts";
import { readCifarPickle, readPickledNames } from "./cifar_pickle.ts";
import { cifarSide, type CifarVersion, readCifarNames, readCifarRecords } from "./cifar_records.ts";
import { recordSplit } from "./record_split.ts";

const version: CifarVersion = { title: "CIFAR-100", classes: 100, labelBytes: 2 };
const facts = { name: "cifar100", imageSize: cifarSide };
const coarseNames = "coarse_label_names.txt";

/** CIFAR-100's binary files. The classes are the fine ones. */
export const cifar100Layout: Layout = {
  name: "CIFAR-100, binary",
  tree: "train.bin, test.bin, fine_label_names.txt",
  recognize: (folder) =>
    findPlace(folder, ["", "cifar-100-binary"], {
      needed: ["train.bin", "test.bin", "fine_label_names.txt"],
      telling: ["train.bin", "fine_label_names.txt"],
    }),
  open: async (root, options) => {
    const namesFile = "fine_label_names.txt";
    const classes = await readCifarNames(root, namesFile, version);
    const train = recordSplit([await readCifarRecords(root, "train.bin", version)]);
    const test = recordSplit([await readCifarRecords(root, "test.bin", version)]);
    const unused = await unusedFiles(
      root,
      ["train.bin", "test.bin", namesFile],
      (path) => path === coarseNames ? "names of the coarse labels, which are not used" : undefined,
    );
    return officialSet({ ...facts, classes, train, test, unused }, options);
  },
};

/** CIFAR-100's pickles for Python. The classes are the fine ones. */
export const cifar100PythonLayout: Layout = {
  name: "CIFAR-100, Python",
  tree: "train, test, meta",
  recognize: (folder) =>
    findPlace(folder, ["", "cifar-100-python"], { needed: ["train", "test", "meta"] }),
  open: async (root, options) => {
    const classes = await readPickledNames(join(root, "meta"), "fine_label_names", 100);
    const train = recordSplit([await readCifarPickle(root, "train", "fine_labels", 100)]);
    const test = recordSplit([await readCifarPickle(root, "test", "fine_labels", 100)]);
    const unused = await unusedFiles(root, ["train", "test", "meta"]);
    return officialSet({ ...facts, classes, train, test, unused }, options);
  },
};
