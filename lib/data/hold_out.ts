import { randomStream, shuffle } from "../random/stream.ts";
import type { ClassLabel, Split } from "./dataset.ts";
import { DataError } from "./errors.ts";
import { subset } from "./subset.ts";

/** What {@linkcode holdOut} takes of the training images. */
export interface HoldOutOptions {
  /** The fraction of each class, from 0 to less than 1. */
  readonly fraction: number;
  /** The seed of the choice; 1 by default. */
  readonly seed?: number | undefined;
  /** The group of a sample, such as the video that it is a frame of. Groups are not torn apart. */
  readonly groupOf?: (index: number) => string;
}

/**
 * Holds validation samples out of a split: of each class the given fraction, but at least one group and
 * never all. Each class is split by itself, so that another class does not change the choice.
 *
 * @throws {DataError} If the fraction is out of range.
 */
export function holdOut(
  split: Split,
  classes: readonly ClassLabel[],
  { fraction, seed = 1, groupOf }: HoldOutOptions,
): { readonly train: Split; readonly validation: Split } {
  if (!(fraction >= 0 && fraction < 1)) {
    throw new DataError(
      `validationFraction must be 0 or more and less than 1. Received: ${fraction}`,
    );
  }
  const ofClass = classes.map((): number[] => []);
  split.labels.forEach((label, index) => ofClass[label]!.push(index));
  const isChosen = new Uint8Array(split.length);
  classes.forEach(({ id }, label) => {
    for (const index of choose(groupsOf(ofClass[label]!, groupOf), fraction, seed, id)) {
      isChosen[index] = 1;
    }
  });
  const count = isChosen.reduce((sum, chosen) => sum + chosen, 0);
  const [kept, held] = [new Uint32Array(split.length - count), new Uint32Array(count)];
  let taken = 0;
  isChosen.forEach((chosen, index) => {
    if (chosen) held[taken++] = index;
    else kept[index - taken] = index;
  });
  return { train: subset(split, kept), validation: subset(split, held) };
}

/** The groups of samples, in the order in which they begin; by default each is a group. */
function groupsOf(
  samples: readonly number[],
  groupOf: HoldOutOptions["groupOf"],
): readonly (readonly number[])[] {
  if (!groupOf) return samples.map((index) => [index]);
  const groups = new Map<string, number[]>();
  for (const index of samples) {
    const name = groupOf(index);
    const group = groups.get(name);
    if (group) group.push(index);
    else groups.set(name, [index]);
  }
  return [...groups.values()];
}

/** Says, in one line, that a fraction is not used because there are validation images; none if none is given. */
export function fractionUnused(fraction: number | undefined, place: string): string[] {
  return fraction === undefined
    ? []
    : [`The validation fraction has no effect: ${place} holds the validation images`];
}

/** Says, in one line, that validation images are held out of the training images. */
export function heldOutLine(fraction: number, seed = 1, of = "training images"): string {
  return `No validation images of its own: ${+(fraction * 100).toFixed(2)} % of the ${of} ` +
    `are held out by seed ${seed} and validate`;
}

function choose(
  groups: readonly (readonly number[])[],
  fraction: number,
  seed: number,
  classId: string,
): number[] {
  if (fraction === 0) return [];
  const wanted = Math.round(groups.reduce((sum, { length }) => sum + length, 0) * fraction);
  const order = Uint32Array.from(groups.keys());
  shuffle(order, randomStream("validation", seed, classId));
  const chosen: number[] = [];
  for (const group of order.subarray(0, -1)) {
    if (chosen.length > 0 && chosen.length >= wanted) break;
    chosen.push(...groups[group]!);
  }
  return chosen;
}
