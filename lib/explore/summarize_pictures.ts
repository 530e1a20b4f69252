import type { Dataset } from "../data/dataset.ts";
import type { BrokenFile } from "../data/pipeline/decode_split.ts";
import { binned, evenEdges, sideEdges, trimmed } from "./bins.ts";
import { reference } from "./duplicates.ts";
import type { ExplorationFacts, Oddity, PartName, PictureGroup, PictureSize } from "./facts.ts";
import type { MeasuredPicture, MeasuredSplit } from "./measure.ts";

/** The maximum number of pictures that are named for an oddity. */
const maxExamples = 20;

/** From 1 : 4 to 4 : 1, four bins to an octave. */
const ratioEdges = Array.from({ length: 17 }, (_, at) => +(2 ** ((at - 8) / 4)).toFixed(3));

/** The facts that depend on each picture by itself: everything but the duplicates. */
export type Summary = Omit<
  ExplorationFacts,
  "source" | "name" | "unused" | "duplicates" | "leaks" | "warnings"
>;

/** Counts classes, sizes, light, oddities and broken files. */
export function summarizePictures(
  { classes }: Pick<Dataset, "classes">,
  splits: readonly MeasuredSplit[],
): Summary {
  const all = splits.flatMap(({ pictures }) => pictures);
  const counts = classes.map(({ id, name }) => ({
    id,
    name,
    // Parts that the data set lacks have no pictures.
    pictures: Object.fromEntries(splits.map(({ split }) => [split, 0])) as Record<
      PartName,
      number
    >,
  }));
  for (const { label, split } of all) counts[label]!.pictures[split]++;
  const trained = counts.map(({ pictures }) => pictures.train ?? 0).filter((count) => count > 0);
  return {
    classes: counts,
    pictures: Object.fromEntries(splits.map(({ split, pictures }) => [split, pictures.length])),
    imbalance: trained.length === 0 ? 1 : largest(trained) / smallest(trained),
    sizes: sizesOf(all.flatMap(({ size }) => size ? [size] : [])),
    brightness: binned(all.map(({ brightness }) => brightness), evenEdges(0, 256, 16)),
    contrast: binned(all.map(({ contrast }) => contrast), evenEdges(0, 128, 16)),
    odd: odditiesOf(all),
    broken: byReason(splits.flatMap(({ broken }) => broken)),
  };
}

function sizesOf(sizes: readonly PictureSize[]): ExplorationFacts["sizes"] {
  const [first] = sizes;
  if (!first) return undefined;
  const bySize = sizes.toSorted((one, other) =>
    one.width * one.height - other.width * other.height
  );
  const isOnly = sizes.every(({ width, height }) =>
    width === first.width && height === first.height
  );
  return {
    smallest: bySize[0]!,
    largest: bySize.at(-1)!,
    median: {
      width: median(sizes.map(({ width }) => width)),
      height: median(sizes.map(({ height }) => height)),
    },
    ...(isOnly ? { only: first } : {}),
    shorterSide: trimmed(
      binned(sizes.map(({ width, height }) => Math.min(width, height)), sideEdges),
    ),
    aspectRatio: trimmed(
      binned(sizes.map(({ width, height }) => width / height), ratioEdges),
    ),
  };
}

function odditiesOf(all: readonly MeasuredPicture[]): Partial<Record<Oddity, PictureGroup>> {
  const odd: Partial<Record<Oddity, MeasuredPicture[]>> = {};
  for (const picture of all) {
    for (const oddity of picture.oddities) (odd[oddity] ??= []).push(picture);
  }
  return Object.fromEntries(
    Object.entries(odd).sort(([, one], [, other]) => other.length - one.length).map((
      [oddity, pictures],
    ) => [oddity, {
      count: pictures.length,
      examples: pictures.slice(0, maxExamples).map(reference),
    }]),
  );
}

function byReason(files: readonly BrokenFile[]): ExplorationFacts["broken"] {
  return [...Map.groupBy(files, ({ reason }) => reason)].map(([reason, group]) => ({
    reason,
    count: group.length,
    files: group.map(({ path }) => path),
  })).sort((one, other) => other.count - one.count);
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]!;
}

/** The maximum; `Math.max(...values)` fails for long lists. */
function largest(values: readonly number[]): number {
  return values.reduce((most, value) => Math.max(most, value), -Infinity);
}

function smallest(values: readonly number[]): number {
  return values.reduce((least, value) => Math.min(least, value), Infinity);
}
