import { listDir } from "../../../files/read.ts";
import { splitFoldersLayout } from "../class_folders/split_folders.ts";
import type { Layout } from "../layout.ts";

/**
 * Imagenette or Imagewoof with fast.ai's list of labels of which a part was made wrong on purpose. The
 * folders' labels are taken.
 */
export const noisyImagenetteLayout: Layout = {
  ...splitFoldersLayout,
  name: "Imagenette with noisy labels",
  tree: "train/<class>/, val/<class>/, noisy_imagenette.csv",
  recognize: async (folder, options) =>
    await findList(folder) === undefined
      ? undefined
      : await splitFoldersLayout.recognize(folder, options),
  open: async (root, options) => {
    const dataset = await splitFoldersLayout.open(root, options);
    const list = await findList(root);
    return {
      ...dataset,
      warnings: [
        ...dataset.warnings,
        `The noisy labels of ${list} are not used: an image's class is its folder's`,
      ],
    };
  },
};

/** `noisy_imagenette.csv`, or `noisy_imagewoof.csv`. */
async function findList(folder: string): Promise<string | undefined> {
  return (await listDir(folder)).find((name) => /^noisy_image\w+\.csv$/i.test(name));
}
