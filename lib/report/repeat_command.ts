import { isDeepStrictEqual } from "node:util";
import type { Dataset } from "../data/dataset.ts";
import { describeSettings } from "../training/config/to_record.ts";
import { recordedTransfer } from "../training/config/from_record.ts";
import type { RunRecord } from "../runs/run_record.ts";
import { checkSettings } from "../training/config/given_settings.ts";
import { resolveSettings } from "../training/config/resolve_settings.ts";
import { defaults } from "../training/config/settings.ts";
import { differences } from "./differences.ts";
import { type FlatSettings, flatten } from "./flatten.ts";
import { startWords } from "./start_flags.ts";
import { type Flag, trainFlags } from "./train_flags.ts";

/** How a run is made again. */
export interface Repetition {
  /** The words after `deno task`. */
  readonly words: readonly string[];
  /** Settings that no flag gives: a program made this run. */
  readonly missing: readonly string[];
}

/** What of a data set the settings depend on. */
type Data = Pick<Dataset, "name" | "classes" | "imageSize">;

/**
 * The command that trains a run again: of all flags those that it takes to get the run's settings.
 *
 * @param dataset What the name or path of the run's data gives by itself, if it is at hand; without it
 *   the classes are named.
 *
 * @example
 * ```ts ignore
 * const { words } = repeatCommand((await openRun("runs/mine")).record);
 * console.log(["deno", "task", ...words].join(" "));
 * ```
 */
export function repeatCommand(record: RunRecord, dataset?: Data): Repetition {
  const { name, source, classes, perClass } = record.data;
  const { flags, missing } = chooseFlags(record, dataset ?? { name, classes });
  const isWhole = dataset !== undefined && isDeepStrictEqual(idsOf(dataset), idsOf(record.data));
  return {
    words: [
      "train",
      ...(source === "drawn10" ? [] : ["--data", source]),
      ...(isWhole ? [] : ["--classes", idsOf(record.data).join(",")]),
      ...flags.flatMap(({ words }) => words),
      ...(perClass === undefined ? [] : ["--per-class", String(perClass)]),
      ...startWords(record),
      ...(record.seed === defaults.seed && !record.start ? [] : ["--seed", String(record.seed)]),
      ...["--engine", record.engine.name, "--precision", record.precision],
    ],
    missing,
  };
}

/** Words as a shell takes them: those with anything unusual in them are quoted. */
export function asShell(words: readonly string[]): string {
  return words.map((word) =>
    /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`
  ).join(" ");
}

/** Takes flags as long as one brings the settings closer to the run's: each may change what others do. */
function chooseFlags(
  record: RunRecord,
  data: Data,
): { readonly flags: readonly Flag[]; readonly missing: readonly string[] } {
  const wanted = flatten({ network: record.model, recipe: record.recipe });
  const left = (flags: readonly Flag[]): string[] =>
    differences([wanted, outcome(flags, data, record)]);
  let flags: readonly Flag[] = [], missing = left(flags);
  for (let before = Infinity; missing.length < before;) {
    before = missing.length;
    for (const flag of trainFlags(record)) {
      const closer = left([...flags, flag]);
      if (closer.length < missing.length) [flags, missing] = [[...flags, flag], closer];
    }
  }
  return { flags, missing };
}

/** The settings that flags give; none where they exclude each other. */
function outcome(flags: readonly Flag[], data: Data, record: RunRecord): FlatSettings {
  const settings = {
    ...Object.assign({}, ...flags.map(({ asks }) => asks)),
    network: Object.assign({}, ...flags.map(({ asks }) => asks.network)),
    changes: Object.assign({}, ...flags.map(({ asks }) => asks.changes)),
  };
  try {
    checkSettings(settings);
    const resolved = resolveSettings(settings, data, recordedTransfer(record));
    const { model, recipe } = describeSettings(resolved, record.seed);
    return flatten({ network: model, recipe });
  } catch (error) {
    if (error instanceof RangeError) return new Map();
    throw error;
  }
}

function idsOf({ classes }: Pick<Dataset, "classes">): string[] {
  return classes.map(({ id }) => id);
}
