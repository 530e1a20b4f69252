import { numbers } from "../../display/table.ts";
import { calibrationOf } from "../../evaluation/calibration.ts";
import { reliabilityFigure } from "../../figures/reliability.ts";
import { percent } from "../../figures/text.ts";
import type { Prediction } from "../../training/run_files.ts";
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
      rows: calibration.bins.filter(({ images }) => images > 0).map((bin) => [
        `${percent(bin.from, 0)} to ${percent(bin.to, 0)}`,
        bin.images,
        percent(bin.confidence!),
        percent(bin.accuracy!),
      ]),
    }),
  });
  return section(context, "calibration", "Calibration", chart);
}
