import type { Bundle } from "../../display/bundle.ts";
import { duration, percent, plural } from "../../display/format.ts";
import { tableBundle } from "../../display/table.ts";
import type { RunRecord } from "../run_record.ts";

/** The display of a run in a notebook: its settings, how it ended and where it is. */
export function runBundle(
  { directory, record }: { readonly directory: string; readonly record: RunRecord },
): Bundle {
  const { data, model, parameters, recipe, engine, result, status } = record;
  const norm = model.batchNorm === true ? " with batch normalization" : "";
  const best = result?.best_val_accuracy;
  return tableBundle({
    title: `Run ${record.name}`,
    rows: [
      ["data", `${data.name}: ${imageCounts(data)}`],
      ["network", `VGG ${model.configuration}${norm}, ${model.inputSize} px`],
      ["parameters", parameters.toLocaleString("en-US")],
      ["recipe", `${recipe.name}, ${plural(recipe.epochs, "epoch")} of batch ${recipe.batchSize}`],
      ["engine", `${engine.name} ${engine.version}`],
      ["status", result?.stopped === "early stopping" ? `${status}: ${result.stopped}` : status],
      ...(result
        ? [[
          "trained",
          `${plural(result.epochs, "epoch")} in ${duration(result.seconds)}`,
        ]]
        : []),
      ...(result && best !== null && best !== undefined
        ? [["best epoch", `${result.best_epoch}: ${percent(best)} of the validation images right`]]
        : []),
      ["folder", directory],
    ],
  });
}

/** The numbers of a run's images: `40 training, 10 validation and 20 test images`. */
export function imageCounts(
  { train, validation, test }: Pick<RunRecord["data"], "train" | "validation" | "test">,
): string {
  return test === undefined
    ? `${train} training and ${plural(validation, "validation image")}`
    : `${train} training, ${validation} validation and ${plural(test, "test image")}`;
}
