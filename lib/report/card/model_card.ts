import { basename, dirname, join } from "@std/path";
import { stringify } from "yaml";
import { isFile } from "../../data/sources/folders.ts";
import { duration, percent, plural } from "../../display/format.ts";
import { showControls } from "../../display/foreign_text.ts";
import { labelClasses } from "../../display/label_classes.ts";
import { markdownTable, numbers } from "../../display/table.ts";
import { readLimitedText } from "../../files/read_limited.ts";
import { replaceFile } from "../../files/replace_file.ts";
import { evaluatedImages, showsTop5 } from "../../runs/display/evaluation.ts";
import { imageCounts } from "../../runs/display/run.ts";
import { formatTestTime } from "../../runs/display/test_time_text.ts";
import { openRun } from "../../runs/run.ts";
import type { RunRecord } from "../../runs/run_record.ts";
import type { Evaluation } from "../../runs/schemas.ts";
import { type ExportFormatName, exportFormats } from "../../weights/export/export_weights.ts";
import { inputText } from "../../weights/export/input.ts";
import type { NetDescription } from "../../weights/net.ts";
import { flatten } from "../flat_settings.ts";
import { topInterval } from "../sections/overview.ts";
import { loadingCode } from "./loading_code.ts";
import { cardMetadata } from "./metadata.ts";

/** A comment in every card, by which it is told from files of others. */
const marker = "<!-- A model card, written by deno task export. -->";

/** A card is no longer than this by far. */
const maxBytes = 2 ** 24;

/** Settings of a recipe that a card shows. */
const shownSettings = [
  ...["epochs", "batchSize", "optimizer", "schedule", "augmentation", "weightDecay"],
  ...["labelSmoothing", "dropout"],
];

/** An exported net. */
export interface CardExport {
  readonly format: ExportFormatName;
  /** The file or the folder. */
  readonly path: string;
}

/** What a card is about. */
export interface ModelCard {
  /** What was exported into the card's folder, the last export first. */
  readonly exports: readonly [CardExport, ...CardExport[]];
  readonly description: NetDescription;
  /** The run's record; absent for a file of weights, of which only the net is known. */
  readonly record?: RunRecord | undefined;
  /** The evaluation of the run's best weights, if there is one. */
  readonly evaluation?: Evaluation | undefined;
}

/** The path of the card of an export: inside a format that is a folder, else beside the file. */
export function cardPath({ format, path }: CardExport): string {
  return join(exportFormats[format].extension === "" ? path : dirname(path), "README.md");
}

/** Whether nothing is at a path, or a card that this library wrote. */
export async function isOwnCard(path: string): Promise<boolean> {
  if (!await isFile(path)) return true;
  return (await readLimitedText(path, maxBytes).catch(() => "")).includes(marker);
}

/** Reads what a card tells of a run: its record, and the evaluation of its best weights. */
export async function readCardRun(
  directory: string,
): Promise<Pick<ModelCard, "record" | "evaluation">> {
  const run = await openRun(directory);
  const evaluation = await isFile(run.path("evaluation")) ? await run.evaluation() : undefined;
  return {
    record: run.record,
    // The best weights are exported; other results are not theirs.
    evaluation: evaluation?.weights === "best" && !evaluation.runs ? evaluation : undefined,
  };
}

/**
 * Writes the model card of an exported net, as the Hugging Face Hub reads it: a `README.md` with a YAML
 * header, and how the net was trained, measured and is loaded. It has no path of this machine.
 */
export async function writeModelCard(card: ModelCard): Promise<string> {
  const path = cardPath(card.exports[0]);
  await replaceFile(path, cardText(card));
  return path;
}

/** Returns the text of a card. */
export function cardText(card: ModelCard): string {
  const { exports, record, evaluation, description } = card;
  const formats = exports.map(({ format }) => format);
  const header = stringify(cardMetadata(formats, record, evaluation), { lineWidth: 0 });
  const title = record ? record.name : basename(exports[0].path);
  return `---
${header}---
${marker}

# ${escape(title)}

${about(card)}

## Use

${exports.map((each) => useText(each, description)).join("\n\n")}

The net takes ${escape(inputText(description).replace(/^input: /, ""))}.

## Training

${record ? trainingText(record) : "How these weights were trained is not recorded with them."}

## Results

${record && evaluation ? resultsText(evaluation) : "No evaluation is recorded with these weights."}

## Limits

${limits(card)}
`;
}

function useText({ format, path }: CardExport, description: NetDescription): string {
  const { language, needs, code } = loadingCode(format, description, path);
  return `\`${basename(path)}\` is ${exportFormats[format].about}. This needs ${needs}:

\`\`\`${language}
${code.trimEnd()}
\`\`\``;
}

function about({ description: { network, classes } }: ModelCard): string {
  const { configuration = "D", inputSize, batchNorm, width = 1, head } = network;
  const details = [
    ...(batchNorm ? ["batch normalization"] : []),
    ...(width === 1 ? [] : [`width ${width}`]),
    ...(head === undefined ? [] : [`the head ${head}`]),
  ];
  const names = labelClasses(classes).map(({ name }) => name);
  const shown = names.slice(0, 20).map(escape).join(", ") + (names.length > 20 ? ", …" : "");
  return `An image classifier: configuration ${configuration} of the VGG paper ` +
    `([arXiv:1409.1556](https://arxiv.org/abs/1409.1556))` +
    `${
      details.length > 0 ? `, with ${details.join(", ")}` : ""
    }, for images of ${inputSize} px and ` +
    `${plural(classes.length, "class", "classes")}: ${shown}.`;
}

function trainingText(record: RunRecord): string {
  const { data, recipe, seed, precision, engine, versions, result, start, parameters } = record;
  const settings = Object.fromEntries(
    shownSettings.flatMap((name) => recipe[name] === undefined ? [] : [[name, recipe[name]]]),
  );
  const rows: (readonly [string, string])[] = [
    ["data set", `${data.name}: ${imageCounts(data)}`],
    ["recipe", recipe.name],
    ...[...flatten(settings)].map(([name, value]) => [name, value] as const),
    ["seed", String(seed)],
    ["trainable parameters", parameters.toLocaleString("en-US")],
    ["computed by", `${engine.name} ${engine.version}, ${precision}`],
    ...(versions["vgg"] ? [["library", `VGGNet on Deno ${versions["vgg"]}`] as const] : []),
    ...(result
      ? [
        ["trained for", `${plural(result.epochs, "epoch")}, ${duration(result.seconds)}`] as const,
        ["weights of", `epoch ${result.best_epoch}, the best`] as const,
      ]
      : []),
    ...(start
      ? [
        [
          "started from",
          `weights of ${basename(start.from)}, ${start.layers.length} layers`,
        ] as const,
      ]
      : []),
  ];
  const left = data.broken.length > 0
    ? `\n\n${plural(data.broken.length, "file")} could not be decoded and ` +
      `${data.broken.length === 1 ? "was" : "were"} left out.`
    : "";
  return markdownTable({
    columns: ["setting", { label: "value", numeric: false }],
    rows: rows.map((row) => row.map(escape)),
  }) + left;
}

function resultsText(evaluation: Evaluation): string {
  const { top1, top5, loss, images, per_class } = evaluation;
  const how = formatTestTime(evaluation);
  const summary = markdownTable({
    columns: ["metric", ...numbers("value", "95 % interval")],
    rows: [
      ["top-1 accuracy", percent(top1), topInterval(evaluation)],
      ...(showsTop5(evaluation) ? [["top-5 accuracy", percent(top5), ""]] : []),
      ["cross-entropy", loss.toFixed(4), ""],
    ],
  });
  const classes = markdownTable({
    columns: ["class", ...numbers("correct", "images", "accuracy", "95 % interval")],
    rows: labelClasses(per_class).map(({ name, correct, total, accuracy, interval }) => [
      escape(name),
      correct,
      total,
      accuracy === null ? "" : percent(accuracy),
      accuracy === null ? "" : interval.map((end) => percent(end)).join(" to "),
    ]),
  });
  return `On ${images} ${escape(evaluatedImages(evaluation))}${
    how ? ` (${how})` : ""
  }; the intervals ` +
    `are Wilson's:\n\n${summary}\n\n${classes}`;
}

function limits({ record, evaluation, description: { classes } }: ModelCard): string {
  const { overlap } = evaluation?.data ?? {};
  const lines = [
    `Every image gets one of the ${
      plural(classes.length, "class", "classes")
    } above, also one that ` +
    "shows none of them.",
    ...(record
      ? ["The results hold for images like those of the data set; others were not measured."]
      : []),
    ...(evaluation?.split === "validation"
      ? [
        "The epoch was chosen by the validation images that the results are of, so they are somewhat " +
        "too high.",
      ]
      : []),
    ...(overlap ? [`${overlap} of the evaluated images were also trained on.`] : []),
    ...(record?.warnings.some((line) => /also among the training images/.test(line))
      ? ["Some validation images were also trained on, so the validation accuracy is too high."]
      : []),
    "No license is recorded: it depends on the images and on the weights that were trained from.",
  ];
  return lines.map((line) => `- ${line}`).join("\n");
}

/** Writes a text from outside so that Markdown shows it as it is; tables escape bars themselves. */
function escape(text: string): string {
  return showControls(text).replace(/[\\`*_{}[\]<>#&~]/g, "\\$&");
}
