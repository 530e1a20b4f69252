import { duration } from "../display/units.ts";
import { layerCostsFigure } from "../figures/charts/layer_costs.ts";
import { networkHeading } from "../figures/run_heading.ts";
import { compact, formatPercent, grouped } from "../figures/plotly/text.ts";
import type { RunRecord } from "../runs/run_record.ts";
import type { HistoryLine } from "../runs/schemas.ts";
import { countVGG, type VGGCount } from "../vgg/analysis/count.ts";
import { dataTable, numbers } from "./data_table.ts";
import type { Content, Html } from "./markup.ts";
import type { Trained } from "./reported_run.ts";
import { type Section, section, type Setting } from "./section.ts";

type Row = readonly [name: string, value: Content];

/** What the network and its training cost. */
export function costSection({ record, history }: Trained, setting: Setting): Section {
  const network = networkHeading(record);
  const count = network && countVGG(network);
  const table = dataTable({
    caption: "Cost of the network and of its training",
    columns: ["Cost", ...numbers("Value")],
    rows: [...networkRows(record, count), ...trainingRows(record, history)],
  });
  return section(setting, "cost", "Cost", table, count && layerChart(count, setting));
}

function networkRows({ parameters }: RunRecord, count: VGGCount | undefined): Row[] {
  if (!count) return [["Parameters", grouped(parameters)]];
  const { macs, weightBytes, activationBytes } = count;
  return [
    ["Parameters", grouped(parameters)],
    ["Multiply-adds, forward, an image", grouped(macs)],
    ["Weights in memory", bytes(weightBytes)],
    ["Activations to predict an image", bytes(activationBytes.inference)],
    ["Activations to train on an image", bytes(activationBytes.training)],
  ];
}

function trainingRows(
  { result, recipe, microBatch }: RunRecord,
  history: readonly HistoryLine[],
): Row[] {
  const seconds = history.reduce((sum, epoch) => sum + epoch.seconds, 0);
  const images = history.reduce((sum, line) => sum + line.seconds * line.images_per_second, 0);
  return [
    ["Images at once, of a batch", `${microBatch} of ${recipe.batchSize}`],
    ["Images trained on", grouped(Math.round(images))],
    ["Images a second, training alone", (images / seconds).toFixed(1)],
    ...(result
      ? [["Seconds in all", `${result.seconds.toFixed(1)} (${duration(result.seconds)})`] as const]
      : []),
    ...(result?.core_seconds === undefined
      ? []
      : [["Core-seconds of the processor", result.core_seconds.toFixed(1)] as const]),
    ...(result?.data_wait === undefined
      ? []
      : [["Share of the time that waited for images", formatPercent(result.data_wait)] as const]),
  ];
}

/** `56.1 MB` of 56 100 000. */
function bytes(count: number): string {
  return `${compact(count)}B`;
}

function layerChart(count: VGGCount, { charts }: Setting): Html {
  const shown = count.layers.filter(({ parameters, macs }) => parameters + macs > 0);
  return charts.chart([{ figure: layerCostsFigure(count), least: 0.75 }], {
    alternative: "Parameters, multiply-adds and activations, layer by layer.",
    caption: "Where the cost sits, from the first layer down to the predictions.",
    table: dataTable({
      caption: "Cost of each layer with parameters, for one image",
      columns: ["Layer", ...numbers("Output", "Parameters", "Multiply-adds", "Activations")],
      rows: shown.map((layer) => [
        layer.name,
        layer.outputShape.join(" × "),
        grouped(layer.parameters + layer.nonTrainableParameters),
        grouped(layer.macs),
        bytes(layer.activationBytes),
      ]),
    }),
  });
}
