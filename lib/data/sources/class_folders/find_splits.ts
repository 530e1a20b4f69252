import { join } from "@std/path";
import { DataError } from "../../errors.ts";
import type { ClassSelection } from "../../subset.ts";
import { hasImages, listFolders, listImages } from "../folders.ts";
import { anyHasImages, classNames, classRoot } from "./class_folders.ts";
import { splitHint, type SplitName, subjectOf } from "./split_names.ts";

/** A folder whose name says that it is a split. */
export interface SplitFolder {
  readonly name: string;
  readonly split: SplitName;
  readonly sure: boolean;
  /** What its name says besides, the same for all splits of a data set. */
  readonly subject: string;
  /** The folder of its class folders, as a path inside the data set; absent if it has none with images. */
  readonly classes?: string;
  /** Whether there are images in it or below it. */
  readonly hasImages: boolean;
}

/** The folders of a data set's splits: those with class folders, and those that only have images. */
export interface FoundSplits {
  readonly splits: Partial<Record<SplitName, SplitFolder>>;
  /** Folders that are named as splits and hold images, but no class folders. */
  readonly flat: readonly SplitFolder[];
}

/**
 * Finds the folders of splits in a folder, by their names and by what is in them. Names that say more than
 * a split, as `asl_alphabet_train` does, count if two splits say the same.
 *
 * @throws {DataError} If two folders are the same split.
 */
export async function findSplits(
  root: string,
  selection: ClassSelection | undefined,
): Promise<FoundSplits> {
  const candidates: SplitFolder[] = [];
  const names = await listFolders(root);
  for (const name of names) {
    const hint = splitHint(name);
    if (hint && !await isSelectedClass(root, name, selection)) {
      candidates.push(await lookInto(root, name, { ...hint, subject: hint.rest }, selection));
    }
  }
  const groups: SplitFolder[][] = [];
  for (const [subject, named] of Map.groupBy(candidates, ({ subject }) => subject)) {
    const withoutName = named.some(({ split }) => split === "train")
      ? []
      : await unnamedTraining(root, names, subject, selection);
    const group = [...withoutName, ...named].filter(({ hasImages }) => hasImages);
    const isSet = group.some(({ sure }) => sure) || new Set(group.map(splitOf)).size > 1;
    if (isSet) groups.push(group);
  }
  const trained = groups.filter((group) =>
    group.some(({ split, classes }) => split === "train" && classes !== undefined)
  );
  const plain = trained.filter(([first]) => first?.subject === "");
  const members = (plain.length > 0 ? plain : trained).flat();
  return {
    splits: oneEach(
      root,
      withEvaluation(members.filter(({ classes }) => classes !== undefined)),
    ),
    flat: groups.flat().filter(({ classes }) => classes === undefined),
  };
}

/** Beside `test`, and without validation images, `eval` is the validation split. */
function withEvaluation(members: readonly SplitFolder[]): readonly SplitFolder[] {
  const tests = members.filter(({ split }) => split === "test");
  const [evaluation, another] = tests.filter(({ name }) => /eval/i.test(name));
  const isValidation = evaluation && !another && tests.length === 2 &&
    !members.some(({ split }) => split === "validation");
  if (!isValidation) return members;
  return members.map((each) => each === evaluation ? { ...each, split: "validation" } : each);
}

function splitOf({ split }: SplitFolder): SplitName {
  return split;
}

/** Whether a folder of a split's name is a class that the user selects: it holds images itself. */
async function isSelectedClass(
  root: string,
  name: string,
  selection: ClassSelection = "all",
): Promise<boolean> {
  return selection !== "all" && selection.includes(name) &&
    (await listImages(join(root, name))).length > 0;
}

async function lookInto(
  root: string,
  name: string,
  { split, sure, subject }: Pick<SplitFolder, "split" | "sure" | "subject">,
  selection: ClassSelection | undefined,
): Promise<SplitFolder> {
  const path = await classRoot(root, name);
  const folder = join(root, path);
  const classes = classNames(await listFolders(folder), selection, "in a split");
  const facts = { name, split, sure, subject };
  return await anyHasImages(folder, classes)
    ? { ...facts, classes: path, hasImages: true }
    : { ...facts, hasImages: await hasImages(join(root, name)) };
}

/** The folder of training images beside `validation-horse-or-human` is `horse-or-human`. */
async function unnamedTraining(
  root: string,
  names: readonly string[],
  subject: string,
  selection: ClassSelection | undefined,
): Promise<SplitFolder[]> {
  const same = names.filter((name) => !splitHint(name) && subjectOf(name) === subject);
  const found: SplitFolder[] = [];
  for (const name of subject === "" ? [] : same) {
    const folder = await lookInto(root, name, { split: "train", sure: false, subject }, selection);
    if (folder.classes !== undefined) found.push(folder);
  }
  return found;
}

function oneEach(
  root: string,
  members: readonly SplitFolder[],
): Partial<Record<SplitName, SplitFolder>> {
  const splits: Partial<Record<SplitName, SplitFolder>> = {};
  for (const [split, folders] of Map.groupBy(members, ({ split }) => split)) {
    if (folders.length > 1) {
      throw new DataError(
        `${root} must have one folder of ${split === "train" ? "training" : split} images. ` +
          `Received: ${folders.map(({ name }) => name).join(", ")}`,
      );
    }
    splits[split] = folders[0]!;
  }
  return splits;
}
