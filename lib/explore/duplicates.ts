import { grayLength } from "../data/similar/gray.ts";
import { nearPairs } from "../data/similar/near_pairs.ts";
import { perceptualHash } from "../data/similar/perceptual_hash.ts";
import { isSamePicture } from "../data/similar/same_picture.ts";
import type { DuplicateGroup, Leak, PartName, PictureRef } from "./facts.ts";
import { hasContent, type MeasuredPicture, type MeasuredSplit } from "./measure.ts";

/** A leak names so many pictures. */
const maxExamples = 20;

/** The maximum number of pairs with close hashes that are compared, for each picture on average. */
const maxPairsPerPicture = 50;

/** The pictures that are the same. */
export interface Duplicates {
  readonly groups: readonly DuplicateGroup[];
  readonly leaks: readonly Leak[];
  /** Set if so many pictures are alike at first sight that not all pairs were compared. */
  readonly isPartial: boolean;
}

/**
 * Finds the pictures that are the same: by their bytes, and by their looks where their hashes are close
 * and their pixels agree. Pictures of one color are compared by their bytes alone.
 */
export async function findDuplicates(
  splits: readonly MeasuredSplit[],
  signal?: AbortSignal,
): Promise<Duplicates> {
  const pictures = splits.flatMap(({ pictures }) => pictures);
  const byDigest = Map.groupBy(pictures.keys(), (at) => pictures[at]!.digest);
  const groups = new Groups(pictures.length);
  for (const [first, ...others] of byDigest.values()) {
    for (const other of others) groups.join(first!, other);
  }
  // Of pictures with the same bytes, one stands for all.
  const distinct = [...byDigest.values()].map(([first]) => first!)
    .filter((at) => hasContent(pictures[at]!)).sort((one, other) => one - other);
  const isPartial = await joinNear(distinct, grayAt(splits), groups, signal);
  const found = groups.all().map((members) => describe(members.map((at) => pictures[at]!)));
  const rank = ({ leaks, crossesClasses }: DuplicateGroup): number =>
    (leaks ? 0 : 2) + (crossesClasses ? 0 : 1);
  return {
    groups: found.sort((one, other) => rank(one) - rank(other)),
    leaks: leaksOf(splits, pictures, groups),
    isPartial,
  };
}

/** Joins pictures that look the same; returns whether there were too many pairs to compare them all. */
async function joinNear(
  distinct: readonly number[],
  gray: (at: number) => Uint8Array,
  groups: Groups,
  signal: AbortSignal | undefined,
): Promise<boolean> {
  const hashes = Uint32Array.from(distinct.flatMap((at) => [...perceptualHash(gray(at))]));
  let left = distinct.length * maxPairsPerPicture;
  let paused = performance.now();
  for (const [one, other] of nearPairs(hashes)) {
    if (left-- <= 0) return true;
    const [a, b] = [distinct[one]!, distinct[other]!];
    if (groups.of(a) !== groups.of(b) && isSamePicture(gray(a), gray(b))) groups.join(a, b);
    if (performance.now() - paused < 50) continue;
    // Lets Ctrl-C be noticed.
    await new Promise((resolve) => setTimeout(resolve));
    signal?.throwIfAborted();
    paused = performance.now();
  }
  return false;
}

/** Finds the gray picture of each of all pictures. */
function grayAt(splits: readonly MeasuredSplit[]): (at: number) => Uint8Array {
  return (at) => {
    let index = at;
    for (const { pictures, gray } of splits) {
      if (index < pictures.length) {
        return gray.subarray(index * grayLength, (index + 1) * grayLength);
      }
      index -= pictures.length;
    }
    throw new RangeError(`there is no picture ${at}`);
  };
}

function describe(members: readonly MeasuredPicture[]): DuplicateGroup {
  const differ = (of: (picture: MeasuredPicture) => unknown): boolean =>
    members.some((each) => of(each) !== of(members[0]!));
  return {
    kind: differ(({ digest }) => digest) ? "near" : "exact",
    pictures: members.map(reference),
    leaks: differ(({ split }) => split),
    crossesClasses: differ(({ label }) => label),
  };
}

/** A picture without what was measured. */
export function reference({ split, index, path, label }: PictureRef): PictureRef {
  return { split, index, path, label };
}

/** The pictures of validation and test that were trained on, and those of test that validated. */
function leaksOf(
  splits: readonly MeasuredSplit[],
  pictures: readonly MeasuredPicture[],
  groups: Groups,
): Leak[] {
  const directions: (readonly [of: PartName, within: PartName])[] = [
    ["validation", "train"],
    ["test", "train"],
    ["test", "validation"],
  ];
  return directions.flatMap(([of, within]) => {
    const total = splits.find(({ split }) => split === of)?.pictures.length ?? 0;
    const others = [...pictures.keys()].filter((at) => pictures[at]!.split === within);
    const known = new Set(others.map((at) => groups.of(at)));
    const digests = new Set(others.map((at) => pictures[at]!.digest));
    const leaked = [...pictures.keys()].filter((at) =>
      pictures[at]!.split === of && known.has(groups.of(at))
    );
    if (leaked.length === 0) return [];
    const exact = leaked.filter((at) => digests.has(pictures[at]!.digest)).length;
    const examples = leaked.slice(0, maxExamples).map((at) => pictures[at]!.path);
    return [{ of, in: within, pictures: leaked.length, total, exact, examples }];
  });
}

/** Numbers in groups, which grow together: a union-find. */
class Groups {
  readonly #parents: Uint32Array;

  constructor(length: number) {
    this.#parents = Uint32Array.from({ length }, (_, at) => at);
  }

  /** The smallest number of the group that a number is in. */
  of(at: number): number {
    const parents = this.#parents;
    while (parents[at] !== at) at = parents[at] = parents[parents[at]!]!;
    return at;
  }

  join(one: number, other: number): void {
    const [a, b] = [this.of(one), this.of(other)];
    this.#parents[Math.max(a, b)] = Math.min(a, b);
  }

  /** The groups of two and more, each in ascending order. */
  all(): number[][] {
    const groups = Map.groupBy(this.#parents.keys(), (at) => this.of(at));
    return [...groups.values()].filter(({ length }) => length > 1);
  }
}
