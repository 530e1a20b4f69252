import { calibrationOf } from "../evaluation/metrics/calibration.ts";
import { reliabilityFigure } from "../figures/charts/reliability.ts";
import { formatPercent } from "../figures/plotly/text.ts";
import type { Prediction } from "../runs/schemas.ts";
import { dataTable, numbers } from "./data_table.ts";
import { type Section, section, type Setting } from "./section.ts";

/** Whether the net is as often right as it says. */
export function reliabilitySection(predictions: readonly Prediction[], setting: Setting): Section {
  const calibration = calibrationOf(predictions);
  const filled = calibration.bins.filter(({ images }) => images > 0);
  const range = ({ from, to }: { from: number; to: number }): string =>
    `${formatPercent(from, 0)} to ${formatPercent(to, 0)}`;
  const chart = setting.charts.chart([{ figure: reliabilityFigure(calibration), least: 0.55 }], {
    alternative: `How often the network is right, by how sure it is: on average ` +
      `${formatPercent(calibration.expectedError)} apart.`,
    caption: "A bar for predictions of about the same probability, with their number above it. A " +
      "network that knows how sure it may be has its bars on the dotted line; below it, it is too sure.",
    table: dataTable({
      caption: "Predictions by their probability",
      columns: ["Probability", ...numbers("Images", "Mean probability", "Right")],
      rows: filled.map((bin) => [
        range(bin),
        bin.images,
        formatPercent(bin.confidence!),
        formatPercent(bin.accuracy!),
      ]),
    }),
  });
  return section(setting, "calibration", "Calibration", chart);
}
