import { join } from "@std/path";
import { paperErrorsFigure } from "./errors_figure.ts";
import { renderPng } from "../figures/render/render.ts";
import { replaceFile } from "../files/replace_file.ts";
import { markdownTable } from "../display/table.ts";
import type { TestResult } from "./results.ts";
import { type ExperimentSettings, furtherEpochs } from "./settings.ts";
import { resultsTable, tellOrders } from "./tables.ts";

/**
 * Writes what came of an experiment into its folder: `tables.md`, and the figure as `errors.png` and,
 * for Plotly, `errors.json`.
 *
 * @returns The paths of the files.
 */
export async function writeTables(
  folder: string,
  settings: ExperimentSettings,
  results: readonly TestResult[],
): Promise<string[]> {
  const paths = ["tables.md", "errors.png", "errors.json"].map((name) => join(folder, name));
  const figure = paperErrorsFigure(results, { subtitle: tellSettings(settings, results) });
  const { data, layout } = figure;
  await replaceFile(paths[0]!, markdown(settings, results));
  await replaceFile(paths[1]!, await renderPng(figure));
  await replaceFile(paths[2]!, JSON.stringify({ data, layout }) + "\n");
  return paths;
}

function tellSettings(
  { data, size, width, epochs, seed }: ExperimentSettings,
  results: readonly TestResult[],
): string {
  const name = data.split(/[\\/]/).at(-1);
  return `${name}, ${size} px, width ${width}, ${epochs} epochs, seed ${seed}, ` +
    `${results[0]?.images ?? 0} validation images`;
}

function markdown(settings: ExperimentSettings, results: readonly TestResult[]): string {
  return [
    "# The paper's tables 3 and 4, in miniature",
    `${tellSettings(settings, results)}. ${tellTraining(settings)}`,
    "Errors are in percent, S and Q in the paper's pixels, for crops of 224; the paper's numbers are " +
    "those of ImageNet's 1,000 classes.",
    ...([3, 4] as const).map((number) => markdownTable(resultsTable(number, results))),
    ["```", ...tellOrders(results), "```"].join("\n"),
  ].join("\n\n") + "\n";
}

function tellTraining(settings: ExperimentSettings): string {
  const { initializer, shallow, others, batch, clipNorm } = settings;
  const starts = shallow
    ? `A and A-LRN start from random weights (${initializer}), B to E from A's layers and random ` +
      `ones (${others})`
    : `All start from random weights (${initializer})`;
  return [
    `Recipe \`paper\` in batches of ${batch}${
      clipNorm > 0 ? `, gradients clipped at ${clipNorm}` : ""
    }.`,
    `${starts}; S = 384 goes on from 256, and [256;512] from 384, for ${
      furtherEpochs(settings)
    } epochs`,
    "each at a tenth of the rate.",
  ].join(" ");
}
