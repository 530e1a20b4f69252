import { basename, join, resolve } from "@std/path";
import type { Dataset } from "../../dataset.ts";
import { fileSplit } from "../file_split.ts";
import { isFolder, listClassImages, listFolders } from "../folders.ts";
import type { Layout, LayoutOptions } from "../layout.ts";
import { officialSet } from "../official_set.ts";
import { unusedFiles } from "../unused_files.ts";

/** One of Caltech's two sets: class folders, and one folder of images of no class. */
interface CaltechVersion {
  readonly name: string;
  readonly folder: string;
  readonly clutter: string;
  /** A class folder that no other data set has. */
  readonly telling: string;
  /** The name of a class folder's class. */
  nameOf(folder: string): string;
}

/** Caltech-101: `BACKGROUND_Google` is not a class. */
export const caltech101Layout: Layout = caltech({
  name: "Caltech-101",
  folder: "101_ObjectCategories",
  clutter: "BACKGROUND_Google",
  telling: "Faces_easy",
  nameOf: (folder) => folder,
});

/** Caltech-256: `257.clutter` is not a class. */
export const caltech256Layout: Layout = caltech({
  name: "Caltech-256",
  folder: "256_ObjectCategories",
  clutter: "257.clutter",
  telling: "001.ak47",
  nameOf: (folder) => folder.replace(/^\d{3}\./, ""),
});

function caltech(version: CaltechVersion): Layout {
  const { name, folder, clutter, telling } = version;
  return {
    name,
    tree: `${folder}/<class>/, ${clutter}/ is left out`,
    recognize: async (given) => {
      for (const root of [given, join(given, folder)]) {
        const there = await isFolder(join(root, clutter)) || await isFolder(join(root, telling));
        const isNamed = root !== given || basename(resolve(root)) === folder;
        if (there || isNamed && await isFolder(root)) {
          return { root, found: [`${folder}/`], missing: [] };
        }
      }
      return undefined;
    },
    open: (root, options) => openCaltech(root, version, options),
  };
}

async function openCaltech(
  root: string,
  { clutter, nameOf }: CaltechVersion,
  options: LayoutOptions,
): Promise<Dataset> {
  const folders = await listFolders(root);
  const ids = folders.filter((name) => name !== clutter);
  const files = await listClassImages(root, "", ids);
  const unused = await unusedFiles(
    root,
    files.paths(),
    (path) => path.startsWith(`${clutter}/`) ? `${clutter}, which is not a class` : undefined,
  );
  const classes = ids.map((id) => ({ id, name: nameOf(id) }));
  const train = fileSplit(root, files);
  const warnings = folders.includes(clutter) ? [`${clutter} is left out: it is not a class`] : [];
  return officialSet(
    { name: options.name, classes, train, unused, warnings, fraction: 0.2 },
    options,
  );
}
