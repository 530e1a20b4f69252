import type { Command } from "commander";
import { interruptible } from "./interrupt.ts";
import { log } from "./progress.ts";
import { latestRun } from "./runs.ts";

/** Adds `figures`. */
export function addFiguresCommand(program: Command): void {
  program.command("figures")
    .description("Draw a run's figures again, from its folder alone: PNG and Plotly JSON.")
    .option("--run <dir>", "the run's folder, or an ensemble's (default: the newest run in runs/)")
    .action(async ({ run }: { run?: string }) => await drawAll(run ?? await latestRun()));
}

/** Draws a run's figures, all but where `only` names some, and prints where they are. */
export async function drawAll(directory: string, only?: readonly string[]): Promise<void> {
  // Loaded when it is needed: drawing brings a browser's stand-in along.
  const { drawRunFigures } = await import("../figures/run_figures.ts");
  const paths = await interruptible((signal) =>
    drawRunFigures(directory, { signal, ...(only ? { only } : {}) })
  );
  const images = paths.filter((path) => path.endsWith(".png"));
  log(`figures    ${images.join("\n           ")}`);
}
