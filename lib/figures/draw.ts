import { join } from "@std/path";
import { replaceFile } from "../files/replace_file.ts";
import { openRun, type Run, RunError } from "../training/run.ts";
import type { ConfigurationName } from "../vgg/configurations.ts";
import { architectureFigure } from "./architecture.ts";
import { confusionMatrixFigure } from "./confusion_matrix.ts";
import type { Figure } from "./figure.ts";
import { learningCurvesFigure, type LearningCurvesOptions } from "./learning_curves.ts";
import { misclassifiedFigure } from "./misclassified.ts";
import { drawNetwork } from "./network_drawing.ts";
import { perClassAccuracyFigure } from "./per_class_accuracy.ts";
import { renderPng } from "./render.ts";
import { describeRun, networkOf } from "./run_heading.ts";
import { readShownMistakes } from "./shown_mistakes.ts";
import { grouped } from "./text.ts";

/** A figure of a run by its file's stem, made from the run's folder. */
const figuresOfRuns = {
  architecture,
  learning_curves: learningCurves,
  confusion_matrix: confusionMatrix,
  per_class_accuracy: perClassAccuracy,
  misclassified,
} satisfies Record<string, (run: Run) => Promise<Figure>>;

/** The figures of a run. */
export type RunFigureName = keyof typeof figuresOfRuns;

/** How {@linkcode drawRunFigures} draws. */
export interface DrawOptions {
  /** Ends drawing between two figures. */
  readonly signal?: AbortSignal;
  /** Names of the figures to draw ({@linkcode RunFigureName}). Default: all. */
  readonly only?: readonly string[];
}

/**
 * Draws a run's figures from its folder alone, as `figures/NAME.png` and, for Plotly,
 * `figures/NAME.json` with `data` and `layout`.
 *
 * @param run The run, or its folder.
 * @returns The paths of the files written.
 * @throws {RunError} Where a file of the run is missing or damaged: it names the file and the
 *   command that makes it.
 * @throws {RangeError} Where `only` names a figure that there is not.
 *
 * @example
 * ```ts ignore
 * import { drawRunFigures } from "vgg";
 *
 * await drawRunFigures("runs/mine", { only: ["learning_curves"] });
 * ```
 */
export async function drawRunFigures(
  run: Run | string,
  { signal, only }: DrawOptions = {},
): Promise<string[]> {
  const chosen = chooseFigures(only);
  const opened = typeof run === "string" ? await openRun(run) : run;
  const folder = join(opened.directory, "figures");
  const paths: string[] = [];
  for (const name of chosen) {
    signal?.throwIfAborted();
    const figure = await figuresOfRuns[name](opened);
    const { data, layout } = figure;
    const spec = join(folder, `${name}.json`), picture = join(folder, `${name}.png`);
    await replaceFile(picture, await renderPng(figure));
    await replaceFile(spec, JSON.stringify({ data, layout }) + "\n");
    paths.push(spec, picture);
  }
  return paths;
}

function chooseFigures(only: readonly string[] | undefined): RunFigureName[] {
  const all = Object.keys(figuresOfRuns);
  const isKnown = (name: string): name is RunFigureName => all.includes(name);
  const unknown = only?.find((name) => !isKnown(name));
  if (unknown === undefined) return (only ?? all).filter(isKnown);
  throw new RangeError(`a run's figure is one of ${all.join(", ")}. Received: ${unknown}`);
}

/**
 * The article's: VGG16 and VGG19, here with a run's own settings. Another network stands before
 * them.
 */
const pair: readonly ConfigurationName[] = ["D", "E"];

function architecture({ record }: Run): Promise<Figure> {
  const network = networkOf(record);
  if (network === undefined) {
    throw new RunError(
      `a network's figure needs one of the paper's configurations in ${record.name}'s run.json. ` +
        `Received: ${record.model.configuration}`,
    );
  }
  const { configuration = "D" } = network;
  const shown = pair.some((name) => name === configuration) ? pair : [configuration, ...pair];
  const drawings = shown.map((name) => drawNetwork({ ...network, configuration: name }));
  return Promise.resolve(architectureFigure(drawings));
}

async function learningCurves(run: Run): Promise<Figure> {
  const history = await run.history();
  if (history.length === 0) {
    throw new RunError(`${run.path("history")} has no epoch: none of this run was finished`);
  }
  const { data, result } = run.record;
  const images = `${grouped(data.train)} training and ${
    grouped(data.validation)
  } validation images`;
  const options: LearningCurvesOptions = {
    subtitle: `${describeRun(run.record)}: ${images}`,
    ...(result && result.best_epoch > 0 ? { bestEpoch: result.best_epoch } : {}),
    ...(result?.stopped ? { stop: { epoch: result.epochs, label: result.stopped } } : {}),
  };
  return learningCurvesFigure(history, options);
}

async function confusionMatrix(run: Run): Promise<Figure> {
  return confusionMatrixFigure(await run.evaluation(), { subtitle: describeRun(run.record) });
}

async function perClassAccuracy(run: Run): Promise<Figure> {
  return perClassAccuracyFigure(await run.evaluation(), { subtitle: describeRun(run.record) });
}

async function misclassified(run: Run): Promise<Figure> {
  const { classes, images, top1 } = await run.evaluation();
  const mistakes = await readShownMistakes(run);
  const all = Math.round(images * (1 - top1));
  const which = mistakes.length < all ? `, the surest of ${grouped(all)} mistakes` : "";
  return misclassifiedFigure(mistakes, classes, { subtitle: describeRun(run.record) + which });
}
