import { plainTable } from "../display/table.ts";
import { maxFileBytes, readLimitedText } from "../files/read_limited.ts";
import { trainSettings } from "../training/config/settings.ts";
import type { Command } from "commander";
import type { ExploreOptions } from "../explore/explore_data.ts";
import { addLabelOptions, type LabelFlags, optionsFor, takeLabels } from "./flags/options.ts";
import { addOverwriteOption, type OverwriteFlags, requireAbsent } from "./flags/overwrite.ts";
import { pathForUser } from "./flags/paths.ts";
import { againText } from "./flags/task_command.ts";
import { interruptible } from "./interrupt.ts";
import { log, logError, logLines } from "./progress.ts";
import { showWaiting } from "./tell/waiting.ts";

interface Flags
  extends LabelFlags, OverwriteFlags, Pick<ExploreOptions, "classes" | "validationFraction"> {
  data: string;
  output?: string;
}

/** Adds the command `explore`. */
export function addExploreCommand(program: Command): void {
  const command = program.command("explore")
    .description(
      "Look at a data set before training: classes, sizes, light, broken and odd files, duplicates, and " +
        "pictures that are in training and validation both. Writes a single HTML file that needs no " +
        "network, and explore.json beside it.",
    );
  const { data, load: { classes, validationFraction } } = trainSettings;
  for (const setting of [data, classes, validationFraction]) {
    for (const option of optionsFor(setting)) command.addOption(option);
  }
  addLabelOptions(command);
  command.option("--output <file>", "the page's file (default: runs/explore-NAME/index.html)");
  addOverwriteOption(command).action(run);
}

async function run({ output, force = false, ...others }: Flags): Promise<void> {
  const { load, data = trainSettings.data.default as string, ...options } = takeLabels(others);
  const [{ exploreData }, { factsTable }, { explorationPath, jsonPath, writeExploration }] =
    await Promise.all([
      import("../explore/explore_data.ts"),
      import("../explore/text.ts"),
      import("../explore/write_exploration.ts"),
    ]);
  const path = output ?? explorationPath(data);
  const facts = jsonPath(path);
  // An earlier page about the same data is written again.
  if (output !== undefined || await sourceOf(facts) !== data) {
    await requireAbsent([path, facts], { force });
  }
  const waiting = showWaiting();
  await interruptible(async (signal) => {
    try {
      const exploration = await exploreData(data, {
        ...options,
        ...load,
        signal,
        onProgress: waiting.at,
        onMessage: logError,
      });
      waiting.end();
      logLines(plainTable(factsTable(exploration.facts)));
      for (const warning of exploration.facts.warnings) logError(`warning    ${warning}`);
      const { page } = await writeExploration(exploration, { output: path, signal });
      const { size } = await Deno.stat(page);
      log(`page       ${pathForUser(page)} (${(size / 1e6).toFixed(1)} MB)`);
    } finally {
      waiting.end();
    }
  }, { advice: againText });
}

/** The data set that an `explore.json` is about. */
async function sourceOf(path: string): Promise<unknown> {
  try {
    return JSON.parse(await readLimitedText(path, maxFileBytes.evaluation)).source;
  } catch {
    return undefined;
  }
}
