import { join } from "@std/path";
import type { Dataset, Split } from "../../dataset.ts";
import { DataError } from "../../errors.ts";
import { fractionUnused } from "../../hold_out.ts";
import { subsetClasses } from "../../subset.ts";
import { fileSplit } from "../file_split.ts";
import type { Layout, LayoutOptions } from "../layout.ts";
import { findPlace } from "../places.ts";
import { readMatFile } from "../records/mat_file.ts";
import { unusedFiles } from "../unused_files.ts";

const lists = ["imagelabels.mat", "setid.mat"];

/** Oxford's 102 flowers, whose classes have only numbers. */
export const flowers102Layout: Layout = {
  name: "Oxford 102 Flowers",
  tree: "jpg/, imagelabels.mat, setid.mat",
  recognize: (folder) =>
    findPlace(folder, ["", "flowers-102"], { needed: ["jpg/", ...lists], telling: lists }),
  open: flowers102,
};

/** The official split trains on 10 images of each class, and tests on most. */
async function flowers102(root: string, options: LayoutOptions): Promise<Dataset> {
  const labels = (await readMatFile(join(root, "imagelabels.mat"))).numbers("labels").values;
  const sets = await readMatFile(join(root, "setid.mat"));
  const numbers = [...new Set(Array.from(labels))].sort((one, other) => one - other);
  const classes = numbers.map((number) => ({ id: `${number}`, name: `${number}` }));
  const indices = new Map(numbers.map((number, index) => [number, index]));
  const used = [...lists];
  const split = (name: string): Split => {
    const files = Array.from(sets.numbers(name).values, (image) => {
      const label = indices.get(labels[image - 1] ?? NaN);
      if (label === undefined) {
        throw new DataError(
          `${sets.file}: ${name} must number images of imagelabels.mat, 1 to ${labels.length}. ` +
            `Received: ${image}`,
        );
      }
      return { path: `jpg/image_${String(image).padStart(5, "0")}.jpg`, label };
    });
    used.push(...files.map(({ path }) => path));
    return fileSplit(root, files.sort((one, other) => one.label - other.label));
  };
  const parts = { train: split("trnid"), validation: split("valid"), test: split("tstid") };
  const dataset = {
    name: options.name,
    classes,
    ...parts,
    warnings: fractionUnused(options.validationFraction, "setid.mat"),
    unused: await unusedFiles(root, used),
  };
  return subsetClasses(dataset, options.classes ?? "all");
}
