import { type Command, Option } from "commander";
import { resolve } from "@std/path";
import { interruptible } from "./interrupt.ts";
import { addEngineOptions, another, type EngineFlags, engineOf } from "./flags/options.ts";
import { addOverwriteOption, type OverwriteFlags, requireAbsent } from "./flags/overwrite.ts";
import { log, logError } from "./progress.ts";
import { againText } from "./flags/task_command.ts";
import { latestRun } from "./runs.ts";
import { type PictureChoice, pictureChoices } from "../report/images/choose_pictures.ts";

interface Flags extends EngineFlags, OverwriteFlags {
  run?: string[];
  output?: string;
  explain: boolean;
  pictures: PictureChoice;
}

/** Adds the command `report`. */
export function addReportCommand(program: Command): void {
  const command = program.command("report")
    .description(
      "Write a page about one run, or several side by side: results, curves, confusion " +
        "matrix, mistakes with Grad-CAM, cost and settings. It is a single HTML file that needs no " +
        "network.",
    )
    .option(
      "--run <dir>",
      "a run's folder, or an ensemble's; repeat it to compare (default: the newest run in runs/)",
      another,
    )
    .option(
      "--output <file>",
      "the page's file (default: report.html in the run's folder; for several runs " +
        "runs/report-DATE-TIME.html)",
    )
    .option("--no-explain", "leave out Grad-CAM, which needs the engine and the run's weights")
    .addOption(
      new Option(
        "--pictures <which>",
        "the images with pictures where a reader clicks a cell, a class or a bar; of all, at most " +
          "20 in each, as long as the page has at most 6 MB",
      ).choices(pictureChoices).default("all"),
    );
  addOverwriteOption(addEngineOptions(command)).action(async (flags: Flags) => {
    const { run, output, explain, pictures } = flags;
    const runs = run ?? [await latestRun()];
    // A run's own report is written again.
    const own = runs.map((folder) => resolve(folder, "report.html"));
    if (output && !own.includes(resolve(output))) await requireAbsent([output], flags);
    const { writeReport } = await import("../report/write_report.ts");
    const path = await interruptible((signal) =>
      writeReport(runs, {
        ...(output ? { output } : {}),
        ...{ explain, pictures, engine: engineOf(flags), signal, onMessage: logError },
      }), { advice: againText });
    const { size } = await Deno.stat(path);
    log(`report     ${path} (${(size / 1e6).toFixed(1)} MB)`);
  });
}
