import { join } from "@std/path";
import type { Dataset } from "../../dataset.ts";
import { subsetClasses } from "../../subset.ts";
import { openCifar10 } from "../cifar10.ts";
import type { Layout, LayoutOptions } from "../layout.ts";
import { findPlace } from "../places.ts";
import { readCifarPickle, readPickledNames } from "./cifar_pickle.ts";

const trainingFiles = [1, 2, 3, 4, 5].map((number) => `data_batch_${number}`);
const testFile = "test_batch";
const namesFile = "batches.meta";

/** CIFAR-10's pickles for Python. */
export const cifar10PythonLayout: Layout = {
  name: "CIFAR-10, Python",
  tree: "data_batch_1 … data_batch_5, test_batch, batches.meta",
  recognize: (folder) =>
    findPlace(folder, ["", "cifar-10-batches-py"], {
      needed: [...trainingFiles, testFile, namesFile],
      telling: trainingFiles,
    }),
  open: async (root, options) =>
    subsetClasses(await cifar10Python(root, options), options.classes ?? "all"),
};

async function cifar10Python(folder: string, options: LayoutOptions): Promise<Dataset> {
  const classes = await readPickledNames(join(folder, namesFile), "label_names", 10);
  return await openCifar10(folder, {
    classes,
    read: (name) => readCifarPickle(folder, name, "labels", classes.length),
    files: { training: trainingFiles, test: testFile, names: namesFile },
  }, options);
}
