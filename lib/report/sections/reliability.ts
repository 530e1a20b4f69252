import { percent } from "../../display/format.ts";
import { numbers } from "../../display/table.ts";
import { calibrationOf } from "../../evaluation/metrics/calibration.ts";
import { reliabilityFigure } from "../../figures/charts/reliability.ts";
import { formatPercent } from "../../figures/plotly/text.ts";
import type { Prediction } from "../../runs/schemas.ts";
import { imagesLink } from "../images/links.ts";
import { scrollTable, type Section, section, type SectionContext } from "./section.ts";

/** Whether the network is right as often as its probabilities say. */
export function reliabilitySection(
  predictions: readonly Prediction[],
  context: SectionContext,
): Section {
  const calibration = calibrationOf(predictions);
  const chart = context.charts.chart([
    { figure: reliabilityFigure(calibration), minScale: 0.55 },
  ], {
    alternative: `Accuracy by predicted probability: on average ` +
      `${percent(calibration.expectedError)} apart.`,
    caption:
      "A bar for predictions of about the same probability, with their number above it. The " +
      "bars of a calibrated network end at the dotted line; below it, the network is too confident.",
    table: scrollTable({
      title: "Predictions by their probability",
      columns: ["Probability", ...numbers("Images", "Mean probability", "Accuracy")],
      rows: calibration.bins.flatMap(({ from, to, images, confidence, accuracy }, index) => {
        if (images === 0) return [];
        const range = `${formatPercent(from, 0)} to ${formatPercent(to, 0)}`;
        return [[
          { shown: imagesLink(context, `bin=${index}`, range), value: from },
          images,
          { shown: formatPercent(confidence!), value: confidence! },
          { shown: formatPercent(accuracy!), value: accuracy! },
        ]];
      }),
    }, { sortable: true }),
    opens: { kind: "bin", run: context.run },
  });
  return section(context, "calibration", "Calibration", chart);
}
