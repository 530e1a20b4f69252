import { join } from "@std/path";
import type { Split } from "../dataset.ts";
import { decodeImage } from "../images/decode.ts";
import { FileList, type LabeledFile } from "./file_list.ts";

/** Makes a split whose samples are image files below `root`, decoded when they are read. */
export function fileSplit(root: string, files: Iterable<LabeledFile>): Split {
  const list = files instanceof FileList ? files : FileList.of(files);
  const path = (index: number): string => {
    const found = list.path(index);
    if (found !== undefined) return found;
    throw new RangeError(`sample must be 0 to ${list.length - 1}. Received: ${index}`);
  };
  return {
    length: list.length,
    labels: list.labels(),
    path,
    file: (index) => join(root, path(index)),
    image: async (index, resize) => await decodeImage(join(root, path(index)), resize, path(index)),
  };
}
