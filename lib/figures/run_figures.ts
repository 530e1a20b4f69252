import { basename, join } from "@std/path";
import { OptionError } from "../errors.ts";
import { replaceFile } from "../files/replace_file.ts";
import { evaluatedImages } from "../runs/display/evaluation.ts";
import { shortTestTime } from "../runs/display/test_time_text.ts";
import type { Results } from "../runs/results.ts";
import { openResults, Run, RunError } from "../runs/run.ts";
import type { Evaluation } from "../runs/schemas.ts";
import type { NetworkName } from "../vgg/configurations.ts";
import { architectureFigure } from "./charts/architecture.ts";
import { confusionMatrixFigure } from "./charts/confusion_matrix.ts";
import { learningCurvesFigure } from "./charts/learning_curves.ts";
import { drawNetwork } from "./charts/network_drawing.ts";
import { perClassAccuracyFigure } from "./charts/per_class_accuracy.ts";
import type { Figure } from "./figure.ts";
import { misclassifiedFigure } from "./gallery/misclassified.ts";
import { readShownMistakes } from "./gallery/pick_mistakes.ts";
import { grouped } from "./plotly/text.ts";
import { renderPng } from "./render/render.ts";
import { markedEpochs, networkHeading, runHeading } from "./run_heading.ts";

/** The name of a figure of a run. */
export type RunFigureName =
  | "architecture"
  | "learning_curves"
  | "confusion_matrix"
  | "per_class_accuracy"
  | "misclassified";

/** The figures of a training, by the stems of their files. */
const figuresOfTraining = {
  architecture,
  learning_curves: learningCurves,
} satisfies Partial<Record<RunFigureName, (run: Run) => Promise<Figure>>>;

/** The figures of an evaluation of one or several runs. */
const figuresOfResults = {
  confusion_matrix: confusionMatrix,
  per_class_accuracy: perClassAccuracy,
  misclassified,
} satisfies Partial<Record<RunFigureName, (results: Results) => Promise<Figure>>>;

/** How {@linkcode drawRunFigures} works. */
export interface DrawOptions {
  /** Stops between two figures. */
  readonly signal?: AbortSignal;
  /** Names of the figures to draw ({@linkcode RunFigureName}). Default: all. */
  readonly only?: readonly string[];
}

/**
 * Draws the figures of a run from the files in its folder, as `figures/NAME.png` and, for Plotly,
 * `figures/NAME.json` with `data` and `layout`. For the results of an ensemble, it draws only the
 * figures of the evaluation.
 *
 * @param run A run, the results of an ensemble, or the folder of either.
 * @returns The paths of the written files.
 * @throws {RunError} If a file of the run is missing or damaged. The message names the file and the
 *   command that creates it.
 * @throws {OptionError} If `only` has an unknown name.
 * @throws The signal's reason when it aborts.
 *
 * @example
 * ```ts ignore
 * import { drawRunFigures } from "vgg";
 *
 * await drawRunFigures("runs/mine", { only: ["learning_curves"] });
 * ```
 */
export async function drawRunFigures(
  run: Run | Results | string,
  { signal, only }: DrawOptions = {},
): Promise<string[]> {
  requireFigures(only, [...Object.keys(figuresOfTraining), ...Object.keys(figuresOfResults)]);
  const opened = typeof run === "string" ? await openResults(run) : run;
  const makers = makersOf(opened);
  requireFigures(only, [...makers.keys()]);
  const folder = join(opened.directory, "figures");
  const paths: string[] = [];
  for (const name of only ?? makers.keys()) {
    signal?.throwIfAborted();
    const figure = await makers.get(name)!();
    const { data, layout } = figure;
    const spec = join(folder, `${name}.json`), image = join(folder, `${name}.png`);
    await replaceFile(image, await renderPng(figure));
    await replaceFile(spec, JSON.stringify({ data, layout }) + "\n");
    paths.push(spec, image);
  }
  return paths;
}

/** The functions that draw the figures of a run or of results, by name. */
function makersOf(opened: Run | Results): Map<string, () => Promise<Figure>> {
  const training = opened instanceof Run
    ? Object.entries(figuresOfTraining).map(([name, make]) => [name, () => make(opened)] as const)
    : [];
  const results = Object.entries(figuresOfResults).map(([name, make]) =>
    [name, () => opened.requireMatching().then(() => make(opened))] as const
  );
  return new Map([...training, ...results]);
}

function requireFigures(only: readonly string[] | undefined, all: readonly string[]): void {
  const unknown = only?.find((name) => !all.includes(name));
  if (unknown === undefined) return;
  throw new OptionError(`a run's figure is one of ${all.join(", ")}. Received: ${unknown}`);
}

/** VGG16 and VGG19, the networks of the article. A run with another of the paper's networks is drawn before them. */
const pair: readonly NetworkName[] = ["D", "E"];

function architecture({ record }: Run): Promise<Figure> {
  const network = networkHeading(record);
  if (network === undefined) {
    throw new RunError(
      `the architecture figure needs one of the paper's configurations in run.json of ` +
        `${record.name}. ` +
        `Received: ${record.model.configuration}`,
    );
  }
  const { configuration = "D" } = network;
  const shown = pair.some((name) => name === configuration)
    ? pair
    : [configuration, ...configuration === "S" ? [] : pair];
  const drawings = shown.map((name) => drawNetwork({ ...network, configuration: name }));
  return Promise.resolve(architectureFigure(drawings));
}

async function learningCurves(run: Run): Promise<Figure> {
  const history = await run.history();
  if (history.length === 0) {
    throw new RunError(`${run.path("history")} has no epoch: the run did not finish its first one`);
  }
  const { data } = run.record;
  const images = `${grouped(data.train)} training and ${
    grouped(data.validation)
  } validation images`;
  return learningCurvesFigure(history, {
    subtitle: `${runHeading(run.record)}: ${images}`,
    ...markedEpochs(run.record),
  });
}

async function confusionMatrix(results: Results): Promise<Figure> {
  const evaluation = await results.evaluation();
  return confusionMatrixFigure(evaluation, { subtitle: describe(results, evaluation) });
}

async function perClassAccuracy(results: Results): Promise<Figure> {
  const evaluation = await results.evaluation();
  return perClassAccuracyFigure(evaluation, { subtitle: describe(results, evaluation) });
}

async function misclassified(results: Results): Promise<Figure> {
  const evaluation = await results.evaluation();
  const { classes, images, top1 } = evaluation;
  const mistakes = await readShownMistakes(results);
  const all = Math.round(images * (1 - top1));
  const which = mistakes.length < all ? `, the most confident of ${grouped(all)} mistakes` : "";
  return misclassifiedFigure(mistakes, classes, {
    subtitle: describe(results, evaluation) + which,
  });
}

/** What was evaluated, and how unless it is the default. */
function describe(results: Results, evaluation: Evaluation): string {
  const { data, runs = [], weights_file: file } = evaluation;
  const images = data ? `the ${evaluatedImages(evaluation)}` : undefined;
  if (results instanceof Run) {
    return runHeading(results.record, images) + shortTestTime(evaluation);
  }
  const nets = (file ? [file.path] : runs).map((path) => basename(path)).join(" with ");
  return nets + (images ? `, on ${images}` : "") + shortTestTime(evaluation);
}
