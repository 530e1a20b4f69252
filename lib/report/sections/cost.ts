import { duration, percent } from "../../display/format.ts";
import type { Html } from "../../display/markup.ts";
import { numbers } from "../../display/table.ts";
import { layerCostsFigure } from "../../figures/charts/layer_costs.ts";
import { compact, grouped } from "../../figures/plotly/text.ts";
import { networkHeading } from "../../figures/run_heading.ts";
import type { RunRecord } from "../../runs/run_record.ts";
import type { HistoryLine } from "../../runs/schemas.ts";
import { countVGG, type VGGCount } from "../../vgg/analysis/count.ts";
import type { TrainingData } from "../read_run.ts";
import { scrollTable, type Section, section, type SectionContext } from "./section.ts";

/** What the network and its training cost. */
export function costSection({ record, history }: TrainingData, context: SectionContext): Section {
  const network = networkHeading(record);
  const count = network && countVGG(network);
  const table = scrollTable({
    title: "Cost of the network and of its training",
    columns: ["Cost", ...numbers("Value")],
    rows: [...networkRows(record, count), ...trainingRows(record, history)],
  });
  return section(context, "cost", "Cost", table, count && layerChart(count, context));
}

function networkRows({ parameters }: RunRecord, count: VGGCount | undefined): string[][] {
  if (!count) return [["Parameters", grouped(parameters)]];
  const { macs, weightBytes, activationBytes } = count;
  return [
    ["Parameters", grouped(parameters)],
    ["Multiply-adds of an image's forward pass", grouped(macs)],
    ["Memory of the weights", bytes(weightBytes)],
    ["Memory of an image's activations, prediction", bytes(activationBytes.inference)],
    ["Memory of an image's activations, training", bytes(activationBytes.training)],
  ];
}

function trainingRows(
  { result, recipe, microBatch }: RunRecord,
  history: readonly HistoryLine[],
): string[][] {
  const seconds = history.reduce((sum, epoch) => sum + epoch.seconds, 0);
  const images = history.reduce((sum, line) => sum + line.seconds * line.images_per_second, 0);
  const { seconds: total, core_seconds: cores, data_wait: wait } = result ?? {};
  return [
    ["Images computed at once, of a batch", `${microBatch} of ${recipe.batchSize}`],
    ["Images trained on", grouped(Math.round(images))],
    ["Images a second, in training steps", (images / seconds).toFixed(1)],
    ...(total === undefined ? [] : [["Seconds", `${total.toFixed(1)} (${duration(total)})`]]),
    ...(cores === undefined ? [] : [["Core-seconds of the processor", cores.toFixed(1)]]),
    ...(wait === undefined
      ? []
      : [["Fraction of the time spent waiting for images", percent(wait)]]),
  ];
}

/** `56.1 MB` of 56 100 000. */
function bytes(count: number): string {
  return `${compact(count)}B`;
}

function layerChart(count: VGGCount, { charts }: SectionContext): Html {
  return charts.chart([
    { figure: layerCostsFigure(count), minScale: 0.75 },
    { figure: layerCostsFigure(count, { narrow: true }), minScale: 0.9 },
  ], {
    alternative: "Parameters, multiply-adds and activations of each layer.",
    caption: "From the first layer at the top to the predictions.",
    table: scrollTable({
      title: "Cost of each layer, for one image",
      columns: ["Layer", ...numbers("Output", "Parameters", "Multiply-adds", "Activations")],
      rows: count.layers.filter(({ parameters, macs }) => parameters + macs > 0).map((layer) => [
        layer.name,
        layer.outputShape.join(" × "),
        grouped(layer.parameters + layer.nonTrainableParameters),
        grouped(layer.macs),
        bytes(layer.activationBytes),
      ]),
    }),
  });
}
