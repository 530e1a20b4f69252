/**
 * Measures how the paper's networks start without batch normalization: how strong the signal is layer
 * by layer, and whether the loss leaves ln(10), for the paper's N(0, 10⁻²), Glorot's and He's
 * initialization and the start from a trained shallow net, with and without clipped gradients.
 * Writes docs/initialization.md and docs/initialization.png. `deno task dev:bench-initialization --help`
 * lists the options.
 *
 * @module
 */

import { Command } from "commander";
import { endWithError } from "../../lib/cli/errors.ts";
import { number, whole } from "../../lib/cli/flags/options.ts";
import { log, logError } from "../../lib/cli/progress.ts";
import { loadDataset } from "../../lib/data/open_dataset.ts";
import { subsetPerClass } from "../../lib/data/subset.ts";
import { prepareShortRuns } from "../../lib/training/trials.ts";
import { readFlags } from "../read_flags.ts";
import { initializationTable, writeInitialization } from "./initialization_report.ts";
import { type Measured, measureRecipe, type TrialSettings } from "./initialization_trials.ts";

interface Flags extends TrialSettings {
  readonly size: number;
  readonly report: string;
}

const command = new Command("deno task dev:bench-initialization")
  .description("Measures signals and first losses of A, D and E by how their weights start.")
  .option("--size <px>", "side of the input", whole("--size", 32), 32)
  .option("--width <factor>", "factor on all channels", number("--width", 0), 0.25)
  .option("--steps <n>", "steps of a trial", whole("--steps", 10), 100)
  .option("--batch <n>", "images a step", whole("--batch", 1), 32)
  .option(
    "--report <file>",
    "where the table goes; the figure beside it",
    "docs/initialization.md",
  );

try {
  const { size, report, ...settings } = readFlags<Flags>(command);
  const images = subsetPerClass(await loadDataset("drawn10"), { train: 100, validation: 1 });
  const trials = await prepareShortRuns(images, size);
  const measured: Measured[] = [];
  for (const recipe of ["paper", "article"] as const) {
    for await (const result of measureRecipe(trials, recipe, settings)) {
      logError(`${recipe}, ${result.net}, ${result.start}`);
      measured.push(result);
    }
    const ofRecipe = measured.filter((one) => one.recipe === recipe);
    log(`\nrecipe ${recipe}\n\n${initializationTable(ofRecipe)}\n`);
  }
  await trials.dispose();
  await writeInitialization(report, measured, { ...settings, size, words: Deno.args });
} catch (error) {
  endWithError(error);
}
