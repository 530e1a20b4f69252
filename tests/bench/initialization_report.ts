import { linesFigure } from "../../lib/figures/charts/lines.ts";
import { renderPng } from "../../lib/figures/render/render.ts";
import { replaceFile } from "../../lib/files/replace_file.ts";
import { formatFile } from "./document.ts";
import type { Measured, Outcome, StartName, TrialSettings } from "./initialization_trials.ts";
import { table } from "./report.ts";

const names: Readonly<Record<StartName, string>> = {
  paper: "N(0, 10⁻²)",
  glorot: "Glorot",
  he: "He",
  shallow: "layers of A, He",
};

/** The measures of one recipe as a table of Markdown. */
export function initializationTable(measured: readonly Measured[]): string {
  const columns = [
    ...["net", "start", "signal, first layer", "signal, last layer"],
    ...["first loss", "last losses", "last losses, clipped"],
  ];
  const rows = measured.map(({ net, start, signals, plain, clipped }) => [
    ...[net, names[start], short(signals[0]!.strength), short(signals.at(-1)!.strength)],
    ...[tellFirst(plain, clipped), tell(plain), tell(clipped)],
  ]);
  return table(columns, rows);
}

/** The same with and without clipping; a trial that blew up kept nothing. */
function tellFirst(...outcomes: readonly Outcome[]): string {
  const known = outcomes.find((outcome) => "first" in outcome);
  return known ? short(known.first) : "unknown";
}

function tell(outcome: Outcome): string {
  return "last" in outcome ? short(outcome.last) : `no number at step ${outcome.blownUpAt}`;
}

function short(value: number): string {
  if (value !== 0 && (value >= 1e5 || value < 1e-3)) return value.toExponential(1);
  return value >= 100 ? value.toFixed(0) : value.toPrecision(3);
}

/** Writes the tables of both recipes, and a figure of VGG16's signals beside them. */
export async function writeInitialization(
  file: string,
  measured: readonly Measured[],
  { size, width, steps, batch, words }: TrialSettings & {
    readonly size: number;
    readonly words: readonly string[];
  },
): Promise<void> {
  const image = file.replace(/(\.md)?$/, ".png");
  const setting = `width ${width}, ${size} px, without batch normalization`;
  const tables = (["paper", "article"] as const).flatMap((recipe) => {
    const own = measured.filter((one) => one.recipe === recipe);
    const input = `What comes in has a root mean square of ${short(own[0]!.input)}.`;
    return [`## Recipe ${recipe}`, `${about[recipe]} ${input}`, initializationTable(own)];
  });
  const text = [
    "# How deep VGG nets start",
    ["```sh", ["deno task dev:bench-initialization", ...words].join(" "), "```"].join("\n"),
    `A, D (VGG16) and E (VGG19), ${setting}, on 1,000 images of drawn10, ${steps} steps of batch ` +
    `${batch}. A signal is the root mean square of a layer's outputs before the first step; last ` +
    `losses are means of ten, and a net that guesses has ln(10) = 2.303. Clipped: the gradients' norm ` +
    `is limited to 1. "Layers of A" is section 3.1 of the paper: the first four convolutions and the ` +
    `fully connected layers of an A that was trained for ${
      3 * steps
    } steps, matched by block, name ` +
    `and shape, and He's initialization for the others.`,
    ...tables,
    `![The signal in VGG16, layer by layer](${image.split("/").at(-1)})`,
  ].join("\n\n");
  await replaceFile(file, `${text}\n`);
  await formatFile(file);
  await replaceFile(image, await renderPng(signalFigure(measured, setting)));
}

const about = {
  paper:
    "Pixels keep their units of 0 to 255, less the mean color. Glorot's initialization, which " +
    "loses about a factor of √2 a layer, brings them down to logits of a useful size; He's, which keeps " +
    "the signal, gives logits as large as the pixels.",
  article:
    "Pixels are divided by 255. Here it is He's initialization that gives logits of a useful " +
    "size, and Glorot's that leaves nothing of the signal.",
} as const;

function signalFigure(
  measured: readonly Measured[],
  setting: string,
): ReturnType<typeof linesFigure> {
  const shown = measured.filter(({ recipe, net }) => recipe === "paper" && net === "D");
  const lines = shown.map(({ start, signals }) => ({
    name: names[start],
    values: signals.map(({ strength }) => strength),
  }));
  const exponents = lines.flatMap(({ values }) => values).map(Math.log10);
  return linesFigure(lines, {
    name: "initialization",
    title: "How strong the signal is after each layer",
    subtitle: `VGG16 before its first step, recipe paper, ${setting}`,
    xTitle: "",
    yTitle: "root mean square of the outputs",
    logarithmic: true,
    range: [10 ** Math.floor(Math.min(...exponents)), 10 ** Math.ceil(Math.max(...exponents))],
    ticks: shown[0]?.signals.map(({ name }) => name) ?? [],
  });
}
