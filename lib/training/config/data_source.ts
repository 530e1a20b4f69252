import { resolve } from "@std/path";
import { datasetNames, type LoadOptions } from "../../data/open_dataset.ts";
import type { RunRecord } from "../../runs/run_record.ts";

/** What is trained on where nothing is asked for. */
export const defaultData = "drawn10";

/** What the data is, for a run that may be evaluated or resumed from another folder. */
export function describeSource(
  { data = defaultData, load: { perClass, seed, validationFraction } = {} }: {
    readonly data?: string;
    readonly load?: LoadOptions;
  },
): Pick<RunRecord["data"], "source" | "perClass" | "load"> {
  const isPlain = seed === undefined && validationFraction === undefined;
  return {
    source: datasetNames.includes(data) ? data : resolve(data),
    ...(perClass === undefined ? {} : { perClass }),
    ...(isPlain ? {} : { load: { seed, validationFraction } }),
  };
}

/** How the same images are read again, but for their number a class. */
export function recordedLoad(
  { classes, load = {} }: Pick<RunRecord["data"], "classes" | "load">,
): LoadOptions {
  const { seed, validationFraction } = load;
  return {
    classes: classes.map(({ id }) => id),
    ...(seed === undefined ? {} : { seed }),
    ...(validationFraction === undefined ? {} : { validationFraction }),
  };
}
