import { basename, join } from "@std/path";
import { DataError } from "../../errors.ts";
import { isFile, isFolder, listImages } from "../../sources/folders.ts";
import { readText } from "../../sources/read_file.ts";

const solutionFile = "LOC_val_solution.csv";
/** Where ImageNet's validation images are, inside the folder that the user names. */
const places: readonly string[] = [".", "val", "ILSVRC/Data/CLS-LOC/val"];

/** Returns the paths of ImageNet's own validation images of a class. */
export type OfficialValidation = (classId: string) => Promise<string[]>;

/**
 * Opens ImageNet's own validation images: class folders, as `valprep.sh` makes them, or all in one folder
 * with Kaggle's `LOC_val_solution.csv` beside it or above it.
 *
 * @throws {DataError} If the folder has neither.
 */
export async function openOfficialValidation(folder: string): Promise<OfficialValidation> {
  const labels = await readSolution(folder);
  return async (classId) => {
    for (const place of places) {
      const inside = join(folder, place, classId);
      if (await isFolder(inside)) {
        return (await listImages(inside)).map((name) => join(inside, name));
      }
    }
    for (const place of labels ? places : []) {
      if (!await isFolder(join(folder, place))) continue;
      const images = (await listImages(join(folder, place)))
        .filter((name) => labels!.get(basename(name).split(".")[0]!) === classId);
      if (images.length > 0) return images.map((name) => join(folder, place, name));
    }
    throw new DataError(
      `validation must be a folder of ImageNet's validation images: <wnid>/*.JPEG, or flat with ` +
        `${solutionFile}. Received: ${folder}, which has none of ${classId}`,
    );
  };
}

/** Reads lines like `ILSVRC2012_val_00048981,n03995372 85 1 499 272`: the class of each image. */
async function readSolution(folder: string): Promise<ReadonlyMap<string, string> | undefined> {
  for (const place of [".", "..", "../../../.."]) {
    const path = join(folder, place, solutionFile);
    if (!await isFile(path)) continue;
    return new Map(
      (await readText(path)).split("\n").flatMap((line) => {
        const [, image, classId] = /^([^,]+),(n\d{8})\b/.exec(line) ?? [];
        return image && classId ? [[image, classId] as const] : [];
      }),
    );
  }
  return undefined;
}
