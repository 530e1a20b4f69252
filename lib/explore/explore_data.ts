import type { Dataset, Split } from "../data/dataset.ts";
import { type LoadOptions, openAnyDataset } from "../data/open_dataset.ts";
import { defined } from "../defined.ts";
import type { OnActivity } from "../display/activity.ts";
import { showAs } from "../display/bundle.ts";
import { tableBundle } from "../display/table.ts";
import type { Figure } from "../figures/figure.ts";
import { findDuplicates } from "./duplicates.ts";
import type { ExplorationFacts, PartName } from "./facts.ts";
import { type ExplorationFigureName, explorationFigures } from "./figures.ts";
import { measureSplit } from "./measure.ts";
import { summarizePictures } from "./summarize_pictures.ts";
import { factsTable } from "./text.ts";
import { warningsOf } from "./warnings.ts";

/** How {@linkcode exploreData} reads. */
export interface ExploreOptions extends LoadOptions {
  /** Stops the work. */
  readonly signal?: AbortSignal;
  /** Called after each picture. */
  readonly onProgress?: OnActivity;
  /** Receives status messages, one line each. */
  readonly onMessage?: (line: string) => void;
}

/** A data set, looked at before training. As the last value of a notebook's cell it shows its facts. */
export interface Exploration {
  /** What was found. */
  readonly facts: ExplorationFacts;
  /** Charts of it: classes, and, as far as there are, sizes, aspect ratios, brightness and contrast. */
  readonly figures: Readonly<Record<ExplorationFigureName, Figure | undefined>>;
  /** The data set, whose pictures can be shown. */
  readonly dataset: Dataset;
}

/**
 * Looks at a data set before training: reads each picture once, at a reduced size, and counts classes,
 * sizes, light, odd and broken files, and pictures that are the same. It needs no engine, and 1 kB of
 * memory for each picture.
 *
 * Pictures are the same if their files have the same bytes; or if they look the same but for
 * compression, size, brightness, contrast or a crop of about 2 %. Larger crops are found in most cases,
 * mirrored and turned pictures are not, nor are pictures of one color.
 *
 * @param nameOrPath A data set's name, or a folder in any layout that `loadDataset` knows.
 * @throws {DataError} If the data set is unknown, not downloaded yet or incomplete.
 *
 * @example
 * ```ts ignore
 * import { exploreData } from "vgg/explore";
 *
 * const { facts, figures } = await exploreData("photos");
 * facts.warnings; // leaks first
 * figures.classes; // shows itself as the last value of a cell
 * ```
 */
export async function exploreData(
  nameOrPath: string,
  options: ExploreOptions = {},
): Promise<Exploration> {
  const { signal, onProgress, onMessage, ...load } = options;
  const dataset = await openAnyDataset(nameOrPath, load);
  const hooks = {
    ...defined({ signal, onProgress, onMessage }),
  };
  const measured = [];
  for (const split of splitsOf(dataset)) measured.push(await measureSplit(dataset, split, hooks));
  const summary = summarizePictures(dataset, measured);
  const duplicates = await findDuplicates(measured, signal);
  const facts: ExplorationFacts = {
    source: nameOrPath,
    name: dataset.name,
    ...summary,
    unused: dataset.unused ?? [],
    duplicates: duplicates.groups,
    leaks: duplicates.leaks,
    warnings: warningsOf(dataset, summary, duplicates),
  };
  const exploration = { facts, figures: explorationFigures(facts), dataset };
  return showAs(exploration, ({ facts }) => tableBundle(factsTable(facts)));
}

/** The parts of a data set that have pictures, by name. */
export function splitsOf({ train, validation, test }: Dataset): (readonly [PartName, Split])[] {
  const all = [["train", train], ["validation", validation], ["test", test]] as const;
  return all.flatMap(([name, split]) => split && split.length > 0 ? [[name, split] as const] : []);
}
