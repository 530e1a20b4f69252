import { join } from "@std/path";
import { DataError } from "../../errors.ts";
import type { Layout } from "../layout.ts";
import { officialSet } from "../official_set.ts";
import { findPlace } from "../places.ts";
import { unusedFiles } from "../unused_files.ts";
import { readMatFile } from "./mat_file.ts";
import { interleave, type RecordFile, recordSplit } from "./record_split.ts";

const [trainFile, testFile, extraFile] = ["train_32x32.mat", "test_32x32.mat", "extra_32x32.mat"];
const side = 32;
const imageBytes = 3 * side ** 2;

/** The cropped digits of the Street View House Numbers. */
export const svhnLayout: Layout = {
  name: "SVHN, cropped digits",
  tree: `${trainFile}, ${testFile}`,
  recognize: (folder) => findPlace(folder, ["", "SVHN"], { needed: [trainFile, testFile] }),
  open: async (root, options) => {
    const train = recordSplit([await readDigits(root, trainFile)]);
    const test = recordSplit([await readDigits(root, testFile)]);
    const classes = Array.from(
      { length: 10 },
      (_, digit) => ({ id: `${digit}`, name: `${digit}` }),
    );
    const unused = await unusedFiles(
      root,
      [trainFile, testFile],
      (path) => path === extraFile ? "the extra training images" : undefined,
    );
    return officialSet(
      { name: options.name, imageSize: side, classes, train, test, unused },
      options,
    );
  },
};

/** Images lie plane by plane, and column by column; the digit 0 has the label 10. */
async function readDigits(root: string, name: string): Promise<RecordFile> {
  const file = await readMatFile(join(root, name));
  const { shape, values } = file.bytes("X");
  const labels = Array.from(file.numbers("y").values);
  // MATLAB drops a last axis of length 1.
  if (shape.slice(0, 3).join() !== "32,32,3" || (shape[3] ?? 1) !== labels.length) {
    throw new DataError(
      `${file.file} must hold X, 32 × 32 × 3 × ${labels.length} bytes, an image for each label. ` +
        `Received: ${shape.slice(0, 8).join(" × ")}`,
    );
  }
  labels.forEach((label, record) => {
    if (Number.isInteger(label) && label >= 0 && label <= 10) return;
    throw new DataError(
      `${file.file}, record ${record}: the label must be 1 to 10. Received: ${label}`,
    );
  });
  return {
    name,
    labels: labels.map((label) => label % 10),
    read: (record) =>
      interleave(values.subarray(record * imageBytes, (record + 1) * imageBytes), side, "columns"),
  };
}
