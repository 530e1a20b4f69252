/** The parts of a data set. */
export type SplitName = "train" | "validation" | "test";

/** What a folder's name says of the split in it. */
export interface SplitHint {
  readonly split: SplitName;
  /** Whether the name says nothing else, as `Train`, `val_set` and `test1` do, but not `steam_train`. */
  readonly sure: boolean;
  /** The words that say something else, in lower case, with spaces between. */
  readonly rest: string;
}

const words: Readonly<Record<SplitName, readonly string[]>> = {
  train: ["train", "training", "trainset", "trn"],
  validation: ["val", "valid", "validation", "validate", "dev", "devel", "development", "vld"],
  test: ["test", "testing", "tests", "evaluation", "eval", "tst"],
};

const splitOfWord: ReadonlyMap<string, SplitName> = new Map(
  (Object.keys(words) as SplitName[]).flatMap((split) =>
    words[split].map((word) => [word, split] as const)
  ),
);

/** Words beside a split's that say nothing: `seg_train`, `training_set`, `train-jpg`. */
const fillers = new Set(
  ("set sets data dataset datasets image images img imgs pic pics picture pictures photo photos jpg jpeg " +
    "png file files folder dir split splits sample samples seg full final all the of resized cropped " +
    "original orig raw processed single").split(" "),
);

/** Words of folders that hold no class, alone or beside fillers and words of splits. */
const noClassWords = new Set(
  ("image images img imgs jpegimages label labels annotation annotations annots bboxes boundingboxes meta " +
    "metadata pred preds prediction predictions submission submissions unlabeled unlabelled unsup " +
    "unsupervised devkit docs trainval").split(" "),
);

/** Abbreviations that are a split only where the folder holds class folders. */
const shortWords: ReadonlyMap<string, SplitName> = new Map([
  ["tr", "train"],
  ["va", "validation"],
  ["te", "test"],
  ["ts", "test"],
]);

/**
 * Tells which split a folder's name means, in any case of letters; `undefined` if it names none, or two
 * as `train_val` does.
 *
 * @example
 * ```ts
 * import { splitHint } from "./split_names.ts";
 *
 * splitHint("Training_Set")?.split; // "train"
 * splitHint("asl_alphabet_test"); // { split: "test", sure: false, rest: "asl alphabet" }
 * splitHint("cats"); // undefined
 * ```
 */
export function splitHint(name: string): SplitHint | undefined {
  const parts = wordsOf(name);
  const named = parts.flatMap((word) => splitOfWord.get(word) ?? []);
  const short = parts.length === 1 ? shortWords.get(parts[0]!) : undefined;
  if (short) return { split: short, sure: false, rest: "" };
  const [split] = named;
  if (!split || new Set(named).size > 1) return undefined;
  const rest = parts.filter((word) => !splitOfWord.has(word) && !fillers.has(word)).join(" ");
  return { split, sure: rest === "", rest };
}

/** The words of a name that say neither a split nor nothing, in lower case, with spaces between. */
export function subjectOf(name: string): string {
  return wordsOf(name).filter((word) => !splitOfWord.has(word) && !fillers.has(word)).join(" ");
}

/** Whether a folder of this name is that of a split, and of nothing else. */
export function isSplitName(name: string): boolean {
  const parts = wordsOf(name);
  return parts.some((word) => splitOfWord.has(word)) &&
    parts.every((word) => splitOfWord.has(word) || fillers.has(word));
}

/**
 * Whether a folder of this name holds no class unless the user says so: it names a split, or what lies
 * beside the classes, such as `images`, `labels`, `Meta`, `seg_pred`.
 */
export function isReservedName(name: string): boolean {
  const parts = wordsOf(name);
  return isSplitName(name) ||
    parts.some((word) => noClassWords.has(word)) &&
      parts.every((word) => noClassWords.has(word) || splitOfWord.has(word) || fillers.has(word));
}

/** The words of a name in lower case, without numbers: `ILSVRC2012_imgVal` gives ilsvrc, img, val. */
function wordsOf(name: string): string[] {
  return name.replaceAll(/([a-z\d])([A-Z])/g, "$1 $2").toLowerCase()
    .split(/[^\p{L}\p{M}\d]+/u)
    .map((word) => word.replace(/\d+$/, ""))
    .map((word) => splitOfWord.has(word) ? word : withoutEnding(word))
    .filter((word) => word !== "");
}

/** `trainset`, `testdata` and `valimages` are the words of splits. */
function withoutEnding(word: string): string {
  const stem = /^(.+?)(set|data|images|imgs|split)$/.exec(word)?.[1] ?? "";
  return splitOfWord.has(stem) ? stem : word;
}
