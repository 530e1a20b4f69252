import type { UnusedFiles } from "../dataset.ts";
import { imageKind, isSystemFile } from "../images/kinds.ts";
import { ignoresCase, speller } from "./listing/spelling.ts";
import { baseOf, inside, isHidden, walk } from "./listing/walk.ts";

/** How many files of each reason are named. */
const maxExamples = 100;

/** How many files are looked at in folders without samples; further folders are counted. */
const maxFiles = 200_000;

/** Where {@linkcode unusedFiles} looks. */
export interface UnusedOptions {
  /** The folders inside the root to look into; by default all. */
  readonly within?: readonly string[];
  /** Class folders that were not selected. They are counted, and their files are not. */
  readonly notSelected?: readonly string[];
  /** A folder that is not looked into, and does not count. */
  readonly except?: string;
  /** Whether names may differ in case from those on the disk; by default as this system has it. */
  readonly anyCase?: boolean;
}

/**
 * Groups the files of a data set that nothing reads by the reason: each file is used or counted. Hidden
 * folders, those of `notSelected`, and those after the first {@linkcode maxFiles} files without samples are
 * counted as folders.
 *
 * @param root The data set's folder.
 * @param used The files that are read, as paths inside `root` with `/` between their parts.
 * @param reasonOf Why a file is not used, by its path; where it has no answer, the name says it.
 */
export async function unusedFiles(
  root: string,
  used: Iterable<string>,
  reasonOf: (path: string) => string | undefined = () => undefined,
  { within = [""], notSelected = [], except, anyCase = ignoresCase }: UnusedOptions = {},
): Promise<UnusedFiles[]> {
  const fold = (text: string): string => anyCase ? text.toLowerCase() : text;
  const known = usedNames(used, fold);
  const withSamples = withParents(known.folders);
  const skipped = new Set(notSelected);
  const spell = anyCase ? speller([...known.folders, ...skipped]) : (path: string): string => path;
  const groups = groupByReason();
  let left = maxFiles;
  /** Whether to look into a folder; one that is not looked into is counted. */
  const enters = (onDisk: string): boolean => {
    const path = spell(onDisk);
    if (onDisk === except) return false;
    if (withSamples.has(path)) return true;
    const reason = skipped.has(path)
      ? "folders of classes that were not selected"
      : isHidden(baseOf(path))
      ? "hidden folders"
      : left <= 0
      ? "folders that were not looked into"
      : undefined;
    if (reason !== undefined) groups.add(reason, path, "folder");
    return reason === undefined;
  };
  for (const start of within) {
    for await (const { path: onDisk, files, others, loops, error } of walk(root, enters, start)) {
      const path = spell(onDisk);
      if (error) groups.add("folders that cannot be read", path, "folder");
      if (!withSamples.has(path)) left -= files.length;
      const names = known.namesIn(path);
      for (const name of files) {
        const file = inside(path, name);
        if (!names.has(fold(name))) groups.add(reasonOf(file) ?? reasonOfName(name), file);
      }
      for (const name of [...others, ...loops]) {
        groups.add("links that lead nowhere or back", inside(path, name));
      }
    }
  }
  return groups.all();
}

/** The files that are read, by the folder that they lie in. */
interface UsedNames {
  /** As paths inside the root. */
  readonly folders: readonly string[];
  /** The folded names of the files in a folder. */
  namesIn(folder: string): ReadonlySet<string>;
}

/** Keeps the names of each folder as one text: a set of a million paths would take more memory than their images. */
function usedNames(paths: Iterable<string>, fold: (text: string) => string): UsedNames {
  const texts = new Map<string, string>();
  const folders: string[] = [];
  let [folder, names]: [string | undefined, string[]] = [undefined, []];
  const keep = (): void => {
    if (folder === undefined) return;
    const before = texts.get(fold(folder));
    if (before === undefined) folders.push(folder);
    texts.set(fold(folder), `${before ?? ""}/${fold(names.join("/"))}`);
    names = [];
  };
  for (const path of paths) {
    const end = path.lastIndexOf("/");
    const length = Math.max(0, end);
    if (folder?.length !== length || !path.startsWith(folder)) {
      keep();
      folder = path.slice(0, length);
    }
    names.push(path.slice(end + 1));
  }
  keep();
  return { folders, namesIn: (path) => new Set(texts.get(fold(path))?.split("/")) };
}

/** Folders and those around them, as paths inside the root. */
function withParents(folders: readonly string[]): Set<string> {
  const all = new Set([""]);
  for (const folder of folders) {
    for (let end = folder.length; end > 0 && !all.has(folder.slice(0, end));) {
      all.add(folder.slice(0, end));
      end = folder.lastIndexOf("/", end - 1);
    }
  }
  return all;
}

function reasonOfName(name: string): string {
  if (isSystemFile(name)) return "hidden files";
  const kind = imageKind(name);
  if (kind === "read") return "pictures without a class";
  if (kind === undefined) return "files that are no pictures";
  return `${name.slice(name.lastIndexOf(".")).toLowerCase()} (a kind that is not read)`;
}

function groupByReason(): {
  readonly add: (reason: string, path: string, of?: "folder") => void;
  readonly all: () => UnusedFiles[];
} {
  const groups = new Map<string, { count: number; examples: string[]; folders: boolean }>();
  return {
    add: (reason, path, of) => {
      const group = groups.get(reason) ?? { count: 0, examples: [], folders: of === "folder" };
      group.count++;
      if (group.examples.length < maxExamples) group.examples.push(path);
      groups.set(reason, group);
    },
    all: () =>
      [...groups].map(([reason, { folders, ...group }]) => ({
        reason,
        ...group,
        ...(folders ? { folders: true as const } : {}),
      })),
  };
}
