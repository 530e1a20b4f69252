import type { Command } from "commander";
import { interruptible } from "./interrupt.ts";
import { addEngineOptions, another, type EngineFlags } from "./options.ts";
import { log, logError } from "./progress.ts";
import { latestRun } from "./runs.ts";

interface Flags extends EngineFlags {
  run?: string[];
  output?: string;
  explain: boolean;
}

/** Adds `report`. */
export function addReportCommand(program: Command): void {
  const command = program.command("report")
    .description(
      "Write one page about a run, or about several beside each other: results, curves, confusion " +
        "matrix, mistakes with what the net looked at, cost and settings. It is one HTML file that " +
        "needs no other, and no network.",
    )
    .option(
      "--run <dir>",
      "a run's folder, or an ensemble's; once more to compare (default: the newest run in runs/)",
      another,
    )
    .option(
      "--output <file>",
      "the page's file (default: report.html in the run's folder; for several runs " +
        "runs/report-DATE-TIME.html)",
    )
    .option("--no-explain", "leave out Grad-CAM, which needs the engine and the run's weights");
  addEngineOptions(command).action(async ({ run, output, explain, engine, native }: Flags) => {
    const runs = run ?? [await latestRun()];
    const { writeReport } = await import("../report/write_report.ts");
    const path = await interruptible((signal) =>
      writeReport(runs, {
        ...(output ? { output } : {}),
        ...{ explain, engine: { engine, native }, signal, onMessage: logError },
      })
    );
    const { size } = await Deno.stat(path);
    log(`report     ${path} (${(size / 1e6).toFixed(1)} MB)`);
  });
}
