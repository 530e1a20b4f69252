import { imageKind } from "../../images/kinds.ts";
import { splitHint, type SplitName } from "../class_folders/split_names.ts";
import { listImagesBelow } from "../folders.ts";
import { baseOf } from "../listing/walk.ts";

/** The pictures in a folder and below it, found by what a table or a user calls them. */
export interface PictureIndex {
  /** Their paths inside the folder, with `/` between their parts. */
  readonly paths: readonly string[];
  /** The split that the first folder of each path names, if it names one. */
  readonly splits: readonly (SplitName | undefined)[];
  /**
   * The pictures that a name may mean, as indices: those of that path, else those with that file name, else
   * those with that file name without the extension.
   */
  find(name: string): readonly number[];
}

/** Lists the pictures of a folder. */
export async function indexPictures(root: string): Promise<PictureIndex> {
  const paths = await listImagesBelow(root);
  const byPath = new Map(paths.map((path, index) => [path, index]));
  const byName = Map.groupBy(paths.keys(), (index) => baseOf(paths[index]!));
  const byStem = Map.groupBy(paths.keys(), (index) => stemOf(baseOf(paths[index]!)));
  return {
    paths,
    splits: paths.map((path) => path.includes("/") ? splitOfPath(path) : undefined),
    find: (text) => {
      const name = text.replaceAll("\\", "/").replace(/^(\.?\/)+/, "");
      const exact = byPath.get(name);
      if (exact !== undefined) return [exact];
      const base = baseOf(name);
      const named = byName.get(base) ?? byStem.get(imageKind(base) ? stemOf(base) : base) ?? [];
      return named.length > 1 ? longestEnd(named, paths, name) : named;
    },
  };
}

function splitOfPath(path: string): SplitName | undefined {
  return splitHint(path.slice(0, path.indexOf("/")))?.split;
}

/** A file name without its extension. */
export function stemOf(name: string): string {
  return name.replace(/\.[^.]*$/, "");
}

/** Of several pictures those whose folders are like those of a path: `../input/train/1.jpg`. */
function longestEnd(
  indices: readonly number[],
  paths: readonly string[],
  name: string,
): readonly number[] {
  const folders = name.split("/").slice(0, -1).reverse();
  const common = indices.map((index) => {
    const own = paths[index]!.split("/").slice(0, -1).reverse();
    const differs = own.findIndex((folder, depth) => folder !== folders[depth]);
    return differs < 0 ? own.length : differs;
  });
  const longest = Math.max(...common);
  return indices.filter((_, position) => common[position] === longest);
}
