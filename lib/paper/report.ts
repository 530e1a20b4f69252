import { plural } from "../display/format.ts";
import { join } from "@std/path";
import { markdownTable } from "../display/table.ts";
import { renderPng } from "../figures/render/render.ts";
import { replaceFile } from "../files/replace_file.ts";
import { paperErrorsFigure } from "./errors_figure.ts";
import type { TestResult } from "./results.ts";
import { type ExperimentSettings, furtherEpochs } from "./settings.ts";
import { formatOrders, resultsTable } from "./tables.ts";

/**
 * Writes the results of an experiment into its folder: the tables as `tables.md`, and the figure as
 * `errors.png` and, for Plotly, `errors.json`.
 *
 * @returns The paths of the written files.
 */
export async function writeTables(
  folder: string,
  settings: ExperimentSettings,
  results: readonly TestResult[],
): Promise<string[]> {
  const paths = ["tables.md", "errors.png", "errors.json"].map((name) => join(folder, name));
  const figure = paperErrorsFigure(results, { subtitle: formatSettings(settings, results) });
  const { data, layout } = figure;
  await replaceFile(paths[0]!, markdown(settings, results));
  await replaceFile(paths[1]!, await renderPng(figure));
  await replaceFile(paths[2]!, JSON.stringify({ data, layout }) + "\n");
  return paths;
}

function formatSettings(
  { data, size, width, epochs, seed }: ExperimentSettings,
  results: readonly TestResult[],
): string {
  const name = data.split(/[\\/]/).at(-1);
  return `${name}, ${size} px, width ${width}, ${plural(epochs, "epoch")}, seed ${seed}, ` +
    `${results[0]?.images ?? 0} validation images`;
}

function markdown(settings: ExperimentSettings, results: readonly TestResult[]): string {
  return [
    "# The paper's tables 3 and 4, in miniature",
    `${formatSettings(settings, results)}. ${formatTraining(settings)}`,
    "Errors are in percent. S and Q are in the paper's pixels, for crops of 224. The paper's errors " +
    "are those on ImageNet's 1,000 classes.",
    ...([3, 4] as const).map((number) => markdownTable(resultsTable(number, results))),
    ["```", ...formatOrders(results), "```"].join("\n"),
  ].join("\n\n") + "\n";
}

function formatTraining(settings: ExperimentSettings): string {
  const { initializer, shallow, others, batch, clipNorm } = settings;
  const starts = shallow
    ? `A and A-LRN start from random weights (${initializer}), B to E from A's layers and random ` +
      `weights (${others}) elsewhere.`
    : `All start from random weights (${initializer}).`;
  return [
    `Recipe \`paper\` with batches of ${batch}${
      clipNorm > 0 ? ` and gradients clipped at norm ${clipNorm}` : ""
    }.`,
    starts,
    "S = 384 continues from the weights of S = 256, and S in [256;512] from those of S = 384, each " +
    `for ${plural(furtherEpochs(settings), "epoch")} at a tenth of the learning rate.`,
  ].join(" ");
}
