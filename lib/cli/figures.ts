import type { Command } from "commander";
import { keepWhole } from "../display/fit_columns.ts";
import { interruptible } from "./interrupt.ts";
import { logLines } from "./progress.ts";
import { againText } from "./flags/task_command.ts";
import { latestRun } from "./runs.ts";

/** Adds the command `figures`. */
export function addFiguresCommand(program: Command): void {
  program.command("figures")
    .description("Draw a run's figures again, from its folder alone: PNG and Plotly JSON.")
    .option("--run <dir>", "the run's folder, or an ensemble's (default: the newest run in runs/)")
    .action(async ({ run }: { run?: string }) => await drawAll(run ?? await latestRun()));
}

/**
 * Draws all of a run's figures, or those that `only` names, and prints their paths.
 *
 * @param advice The line that says how to go on after an interruption.
 */
export async function drawAll(
  directory: string,
  only?: readonly string[],
  advice: () => string = againText,
): Promise<void> {
  // Imported on demand: drawing loads an emulated browser.
  const { drawRunFigures } = await import("../figures/run_figures.ts");
  const paths = await interruptible(
    (signal) => drawRunFigures(directory, { signal, ...(only ? { only } : {}) }),
    { advice },
  );
  const images = paths.filter((path) => path.endsWith(".png"));
  logLines(`figures    ${images.map(keepWhole).join("\n           ")}`);
}
