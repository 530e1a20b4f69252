import { join } from "@std/path";
import { DataError } from "../errors.ts";
import { firstFive } from "./class_folders/class_folders.ts";
import { describeFolder } from "./describe_folder.ts";
import { listFolders } from "./folders.ts";
import type { Layout, Recognition, RecognizeOptions } from "./layout.ts";
import { layouts } from "./layouts.ts";

/** How deep a data set may lie below the folder that is given. */
const maxDepth = 3;

/** The most folders that are tried where a folder is no data set itself. */
const maxFolders = 50;

/** A layout that fits, and the folder that it fits to. */
export interface Recognized {
  readonly layout: Layout;
  /** The folder to open. */
  readonly root: string;
  /** The folder that was looked at: the given one, or one below it. */
  readonly folder: string;
}

/**
 * Recognizes the data set in a folder. Where there is none, the folders below it are tried, as long as one
 * of them alone holds a data set.
 *
 * @throws {DataError} If none is recognized, or several are.
 */
export async function recognize(folder: string, options: RecognizeOptions): Promise<Recognized> {
  const found = await recognizeBelow(folder, options, maxDepth);
  if (found.length === 1) return found[0]!;
  if (found.length > 1) {
    throw new DataError(
      `${folder} must hold one data set. Received: ${
        firstFive(found.map(({ root }) => root))
      }. Give one of these folders`,
    );
  }
  throw await notRecognized(folder, options);
}

async function recognizeBelow(
  folder: string,
  options: RecognizeOptions,
  depth: number,
): Promise<Recognized[]> {
  for (const layout of layouts) {
    const recognition = await layout.recognize(folder, options);
    if (recognition?.missing.length === 0) return [{ layout, root: recognition.root, folder }];
  }
  if (depth === 1) return [];
  const folders = await listFolders(folder);
  if (folders.length > maxFolders) return [];
  const found: Recognized[] = [];
  for (const name of folders) {
    // Deeper than one level only where there is one way to go.
    const below = folders.length === 1 ? depth - 1 : 1;
    found.push(...await recognizeBelow(join(folder, name), options, below));
  }
  return found;
}

/** Says what was found, and the layout that is nearest to it. */
async function notRecognized(folder: string, options: RecognizeOptions): Promise<DataError> {
  const nearest: [Layout, Recognition][] = [];
  for (const layout of layouts) {
    const recognition = await layout.recognize(folder, options);
    if (recognition) nearest.push([layout, recognition]);
  }
  const score = ({ found, missing }: Recognition): number =>
    found.length / (found.length + missing.length);
  nearest.sort(([, one], [, other]) => score(other) - score(one));
  const { found, hint } = await describeFolder(folder);
  const [layout, recognition] = nearest[0] ?? [];
  const isNear = recognition !== undefined && score(recognition) > 0.5;
  const last = layout && recognition
    ? `The nearest is ${layout.name}, of which ${recognition.missing.join(", ")} is missing`
    : "A data set is a folder of class folders (<class>/*.jpg)";
  return new DataError(
    [
      `No data set is recognized in ${folder}. Received: ${found}`,
      ...(hint && !isNear ? [hint] : []),
      ...(hint && !recognition ? [] : [last]),
      "data/README.md shows all layouts",
    ].join(". "),
  );
}
