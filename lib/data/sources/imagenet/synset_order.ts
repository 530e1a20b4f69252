import { join } from "@std/path";
import { isFile } from "../folders.ts";
import { readText } from "../read_file.ts";
import { readMeta } from "./meta_file.ts";
import { wnidPattern } from "./synset_names.ts";

/** The numbers that lists of labels give ImageNet's classes, by two conventions. */
export interface SynsetNumbers {
  /** The wnid of each number. */
  readonly wnids: ReadonlyMap<number, string>;
  /** Where the numbers come from, for messages. */
  readonly source: string;
  /** The file, as a path inside the data set, if there is one. */
  readonly file?: string;
}

/** The class that has the number 1 in ImageNet's own numbering, the kit fox. */
const firstOfImageNet = "n02119789";

const listFiles = ["synsets.txt", "synset_words.txt", "LOC_synset_mapping.txt"];

/**
 * Finds Caffe's numbers, 0 to 999 in the order of the sorted wnids: from a list of the wnids, or from the
 * training folders.
 *
 * @param places The folders that may hold lists, as paths inside `root`.
 * @param wnids The training folders, sorted.
 */
export async function findCaffeNumbers(
  root: string,
  places: readonly string[],
  wnids: readonly string[],
): Promise<SynsetNumbers> {
  for (const [file, list] of await readLists(root, places)) {
    const sorted = [...list].sort();
    if (list.every((id, index) => id === sorted[index])) {
      return { wnids: new Map(list.entries()), source: file, file };
    }
  }
  return { wnids: new Map(wnids.entries()), source: "the sorted training folders" };
}

/**
 * Finds ImageNet's own numbers, `ILSVRC2012_ID`, from 1 on. They are not in the order of the wnids: only
 * the development kit's `meta.mat` or `map_clsloc.txt`, or a list that begins with the kit fox, tells them.
 */
export async function findImageNetNumbers(
  root: string,
  places: readonly string[],
): Promise<SynsetNumbers | undefined> {
  for (const place of places) {
    const meta = at(place, "meta.mat");
    if (await isFile(join(root, meta))) {
      const synsets = await readMeta(join(root, meta));
      const wnids = new Map(synsets.map(({ number, wnid }) => [number, wnid]));
      return { wnids, source: meta, file: meta };
    }
    const file = at(place, "map_clsloc.txt");
    if (!await isFile(join(root, file))) continue;
    const lines = (await readText(join(root, file))).split("\n");
    const wnids = new Map(lines.flatMap((line): [number, string][] => {
      const [, id, number] = /^(n\d{8})\s+(\d+)\b/.exec(line.trim()) ?? [];
      return id ? [[Number(number), id]] : [];
    }));
    return { wnids, source: file, file };
  }
  for (const [file, list] of await readLists(root, places)) {
    if (list[0] !== firstOfImageNet) continue;
    return { wnids: new Map(list.map((id, index) => [index + 1, id])), source: file, file };
  }
  return undefined;
}

/** Reads the lists whose lines begin with a wnid. */
async function readLists(
  root: string,
  places: readonly string[],
): Promise<readonly (readonly [string, string[]])[]> {
  const lists: [string, string[]][] = [];
  for (const place of places) {
    for (const name of listFiles) {
      const file = at(place, name);
      if (!await isFile(join(root, file))) continue;
      const lines = (await readText(join(root, file))).split("\n");
      const ids = lines.map((line) => line.trim().split(/\s/, 1)[0]!).filter((id) => id !== "");
      if (ids.length > 0 && ids.every((id) => wnidPattern.test(id))) lists.push([file, ids]);
    }
  }
  return lists;
}

function at(place: string, name: string): string {
  return place === "" ? name : `${place}/${name}`;
}
