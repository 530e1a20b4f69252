import { join } from "@std/path";
import type { Split } from "../dataset.ts";
import { decodeImage } from "../images/decode.ts";

/** An image file of a data set. */
export interface LabeledFile {
  /** The path inside the data set, with `/` between its parts. */
  readonly path: string;
  readonly label: number;
}

/** Makes a split whose samples are image files below `root`, decoded when they are read. */
export function fileSplit(root: string, files: readonly LabeledFile[]): Split {
  const path = (index: number): string => {
    const file = files[index];
    if (!file) throw new RangeError(`sample must be 0 to ${files.length - 1}. Received: ${index}`);
    return file.path;
  };
  return {
    length: files.length,
    labels: Uint16Array.from(files, (file) => file.label),
    path,
    file: (index) => join(root, path(index)),
    image: async (index, resize) => await decodeImage(join(root, path(index)), resize, path(index)),
  };
}
