import { isAbsolute, relative } from "@std/path";
import { leftOutText } from "../../data/left_out.ts";
import { duration, percent, plural } from "../../display/format.ts";
import { isWithin } from "../../files/is_within.ts";
import type { Run } from "../run.ts";
import type { InitialWeightsRecord } from "../run_record.ts";
import type { HistoryLine } from "../schemas.ts";
import { imageCounts } from "./run.ts";

/** Describes a run that begins, in lines: data, network, recipe and engine. */
export function formatRun({ record, directory }: Run): string[] {
  const { data, model, recipe, engine, parameters, precision } = record;
  const norm = model.batchNorm ? " with batch normalization" : "";
  const millions = (parameters / 1e6).toFixed(parameters < 1e7 ? 2 : 1);
  const leftOut = leftOutText(data.unused, data.broken.length);
  return [
    `data       ${data.name}: ${imageCounts(data)}`,
    ...(leftOut === "" ? [] : [`left out   ${leftOut}; listed in ${directory}/run.json`]),
    `network    VGG ${model.configuration}${norm}, ${model.inputSize} px, ${millions} M parameters`,
    ...(record.start ? [formatInitialWeights(record.start)] : []),
    `recipe     ${recipe.name}, ${plural(recipe.epochs, "epoch")} of batch ${recipe.batchSize}` +
    (recipe.optimizer === "adam" ? ", Adam" : ""),
    `engine     ${engine.name} ${engine.version} on ${engine.devices.join(", ")}, ${precision}`,
  ];
}

function formatInitialWeights(
  { kind, from, layers, newLayers = [] }: InitialWeightsRecord,
): string {
  const source = relativePath(from);
  if (kind === "shallow") return `start      ${layers.join(", ")} from ${source}`;
  const exceptNew = newLayers.length > 0 ? ` except for new ${newLayers.join(", ")}` : "";
  return `start      all weights from ${source}${exceptNew}`;
}

/** Shortens a path inside the working folder to a relative one, as users write it. */
function relativePath(path: string): string {
  return isAbsolute(path) && isWithin(path, Deno.cwd()) ? relative(Deno.cwd(), path) : path;
}

/**
 * Describes a finished epoch in one line.
 *
 * @param columns The width of the terminal. In a narrow one the speed is left out, and the validation gets a
 *   line of its own.
 */
export function formatEpoch(line: HistoryLine, best: boolean, columns = Infinity): string {
  const validated = !Number.isNaN(line.val_accuracy);
  const validation = validated
    ? `validation loss ${line.val_loss.toFixed(3)} accuracy ${percent(line.val_accuracy)}`
    : "no validation";
  const training = `epoch ${String(line.epoch).padStart(4)} loss ${line.loss.toFixed(3)} ` +
    `accuracy ${percent(line.accuracy)}`;
  const time = duration(line.seconds);
  const speed = `${line.images_per_second.toFixed(0)} images/s`;
  const mark = best && validated ? " (best)" : "";
  const widths = [
    `${training} | ${validation} | ${time}, ${speed}${mark}`,
    `${training} | ${validation} | ${time}${mark}`,
  ];
  return widths.find((text) => text.length <= columns) ??
    `${training}, ${time}\n           ${validation}${mark}`;
}
