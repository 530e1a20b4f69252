import { join } from "@std/path";
import type { ClassLabel } from "../../dataset.ts";
import { className } from "../class_names.ts";
import { isFile } from "../folders.ts";
import { readText } from "../read_file.ts";
import { devkitPlaces, readMeta } from "./meta_file.ts";

/** ImageNet's class ids. */
export const wnidPattern = /^n\d{8}$/;

/** Lists of wnids with their names, the preferred one first. */
const listFiles = ["LOC_synset_mapping.txt", "synset_words.txt", "words.txt"];

/** The names of ImageNet's classes by wnid, and the file that gives them. */
export interface SynsetNames {
  /** The path of the list inside the data set; `undefined` if there is none. */
  readonly file: string | undefined;
  readonly names: ReadonlyMap<string, string>;
}

/**
 * Reads the names of ImageNet's classes: the first name of each, from `LOC_synset_mapping.txt`, Caffe's
 * `synset_words.txt` or `words.txt` in the data set's folder, or from the development kit's `meta.mat`.
 *
 * @throws {DataError} If a list cannot be read.
 */
export async function readSynsetNames(root: string): Promise<SynsetNames> {
  for (const file of listFiles) {
    if (!await isFile(join(root, file))) continue;
    const lines = (await readText(join(root, file))).split("\n");
    const names = new Map(lines.flatMap((line): [string, string][] => {
      const [, id, name] = /^(n\d{8})\s+([^,]*[^,\s])/.exec(line.trim()) ?? [];
      return id && name ? [[id, name]] : [];
    }));
    return { file, names };
  }
  for (const place of devkitPlaces) {
    const file = place === "" ? "meta.mat" : `${place}/meta.mat`;
    if (!await isFile(join(root, file))) continue;
    const synsets = await readMeta(join(root, file));
    const names = new Map(synsets.map(({ wnid, words }) => [wnid, words.split(",", 1)[0]!.trim()]));
    return { file, names };
  }
  return { file: undefined, names: new Map() };
}

/** The classes of wnids, with their names where a list or this library knows them. */
export function synsetClasses(wnids: readonly string[], { names }: SynsetNames): ClassLabel[] {
  return wnids.map((id) => ({ id, name: names.get(id) ?? className(id) }));
}
