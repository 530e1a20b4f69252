import { join } from "@std/path";
import { isFile } from "../data/sources/folders.ts";
import { defined } from "../defined.ts";
import { type Html, markup } from "../display/markup.ts";
import type { EngineOptions } from "../engine/engine.ts";
import { useEngine } from "../engine/use_engine.ts";
import { OptionError } from "../errors.ts";
import { runHeading } from "../figures/run_heading.ts";
import { replaceFile } from "../files/replace_file.ts";
import { timeStamp } from "../files/write.ts";
import { evaluatedImages } from "../runs/display/evaluation.ts";
import { imageCounts } from "../runs/display/run.ts";
import { runFiles } from "../runs/run.ts";
import { Charts } from "./charts.ts";
import { type Explainer, openExplainer } from "./grad_cam.ts";
import { addPictures, maxPageBytes } from "./images/add_pictures.ts";
import { imagesData, isEvaluated, type ListedRun, listRunImages } from "./images/list_images.ts";
import { type Page, writePage } from "./page.ts";
import { comparison } from "./comparison/comparison.ts";
import { runId, shortNames } from "./comparison/run_names.ts";
import { readReportedRun, type ReportedRun } from "./read_run.ts";
import { classesSection } from "./sections/classes.ts";
import { confusionSection } from "./sections/confusion.ts";
import { costSection } from "./sections/cost.ts";
import { curvesSection } from "./sections/curves.ts";
import { lossesSection, mistakesSection } from "./sections/galleries.ts";
import { imagesDialog, imagesSection } from "./sections/images.ts";
import { overview } from "./sections/overview.ts";
import { reliabilitySection } from "./sections/reliability.ts";
import { heading, type Section, type SectionContext } from "./sections/section.ts";
import { settingsSection } from "./sections/settings.ts";

/** Options of {@linkcode writeReport}. */
export interface ReportOptions {
  /**
   * Path of the page. Default: `report.html` in the run's folder; for several runs
   * `runs/report-DATE-TIME.html`.
   */
  readonly output?: string;
  /** Shows Grad-CAM beside the mistakes. Default true. */
  readonly explain?: boolean;
  /**
   * Which images have pictures where a reader clicks a cell of the confusion matrix, a class or a bar of
   * the calibration: at most 20 of each cell and of each of these bars, as long as the page has at most
   * 6 MB. The page says what is left out. Default `all`.
   */
  readonly pictures?: "all" | "mistakes" | "none";
  /** The engine that computes Grad-CAM. Default: see `useEngine`. */
  readonly engine?: Pick<EngineOptions, "engine" | "native" | "requireNative">;
  /** Stops the work; then no page is written. */
  readonly signal?: AbortSignal;
  /** Receives status messages, one line each. */
  readonly onMessage?: (line: string) => void;
}

/**
 * Writes one page about a run, or about several side by side: results, learning curves, confusion
 * matrix, accuracy by class, calibration, the worst mistakes with Grad-CAM, cost, and all settings with
 * the command that started the run. The page is one HTML file that needs no other and no network.
 *
 * @param runs Folders of runs or of ensembles' results.
 * @returns The path of the file written.
 * @throws {RunError} If a file of a run is missing or damaged: the message names the file and the
 *   command that makes it; {RangeError} without a run.
 *
 * @example
 * ```ts ignore
 * import { writeReport } from "vgg";
 *
 * await writeReport(["runs/mine"]); // runs/mine/report.html
 * await writeReport(["runs/D", "runs/E"], { output: "D-and-E.html" });
 * ```
 */
export async function writeReport(
  runs: readonly string[],
  options: ReportOptions = {},
): Promise<string> {
  if (runs.length === 0) throw new OptionError("a report needs one run or more. Received: none");
  const output = options.output ?? reportPath(runs);
  const reported = await Promise.all(runs.map(readReportedRun));
  const charts = new Charts();
  const withImages = reported.length === 1
    ? await onePage(reported[0]!, charts, options)
    : await sharedPage(reported, charts, options);
  const listed = listRunImages(reported);
  const bare = await writePage(withImages(imagesPart(listed, [])));
  const pictures = await addPictures(listed, reported.filter(isEvaluated), {
    choice: options.pictures ?? "all",
    room: maxPageBytes - new TextEncoder().encode(bare).length - roomForNotes(listed),
    signal: options.signal,
  });
  options.signal?.throwIfAborted();
  await replaceFile(output, await writePage(withImages(imagesPart(listed, pictures))));
  return output;
}

/** The bytes of the notes that pictures add, and of the numbers by which images refer to them. */
function roomForNotes(runs: readonly ListedRun[]): number {
  return runs.reduce((sum, { images }) => sum + 3000 + 6 * images.length, 0);
}

/** What a page has of the images to which its charts and tables lead. */
type ImagesPart = Pick<Page, "images"> & { readonly section?: Section };

function imagesPart(runs: readonly ListedRun[], pictures: readonly string[]): ImagesPart {
  if (runs.length === 0) return {};
  return {
    section: imagesSection(runs),
    images: { dialog: imagesDialog(), data: imagesData(runs, pictures) },
  };
}

/** A page that lacks its images, whose pictures take what room is left. */
type PageWithImages = (part: ImagesPart) => Page;

/** Returns the default path of a report. */
export function reportPath(runs: readonly string[]): string {
  const [only] = runs.length === 1 ? runs : [];
  return only === undefined
    ? join("runs", `report-${timeStamp()}.html`)
    : join(only, "report.html");
}

async function onePage(
  run: ReportedRun,
  charts: Charts,
  options: ReportOptions,
): Promise<PageWithImages> {
  const own = await sectionsOf(run, { prefix: "", level: 2, charts }, options);
  // Cost and settings are the last sections.
  const at = own.length - (run.training ? 2 : 0);
  return ({ section, images }) => {
    const sections = own.toSpliced(at, 0, ...(section ? [section] : []));
    return {
      title: run.name,
      lead: lead(run),
      contents: sections.map(({ entry }) => entry),
      main: markup`${overview(run)}${sections.map(({ html }) => html)}`,
      charts,
      ...(images ? { images } : {}),
    };
  };
}

async function sharedPage(
  runs: readonly ReportedRun[],
  charts: Charts,
  options: ReportOptions,
): Promise<PageWithImages> {
  const compared = await comparison(runs, { prefix: "", level: 2, charts });
  const parts: Html[] = [];
  for (const [index, run] of runs.entries()) {
    const id = runId(index);
    const sections = await sectionsOf(
      run,
      { prefix: `${id}-`, level: 3, charts, run: index + 1 },
      options,
    );
    parts.push(markup`<section class="run" aria-labelledby="${id}">
${heading(2, run.name, id)}
${lead(run)}
${overview(run)}
${sections.map((section) => section.html)}</section>
`);
  }
  const names = shortNames(runs);
  return ({ section, images }) => {
    const shared = [...compared, ...(section ? [section] : [])];
    return {
      title: `${runs.length} runs compared`,
      lead: markup`<p class="lead">${runs.map(({ name }) => name).join(" · ")}</p>`,
      contents: [
        ...shared.map(({ entry }) => entry),
        ...names.map((name, index) => ({ id: runId(index), name })),
      ],
      main: markup`${shared.map(({ html }) => html)}${parts}`,
      charts,
      ...(images ? { images } : {}),
    };
  };
}

/** Describes a run in a line or two. */
function lead({ training, evaluated }: ReportedRun): Html {
  const evaluation = evaluated?.evaluation;
  const images = evaluation?.data
    ? ` Evaluated on the ${evaluation.images} ${evaluatedImages(evaluation)}.`
    : "";
  if (!training) {
    const { runs = [], weights_file: file } = evaluation ?? {};
    const nets = file
      ? `The predictions of ${file.path}`
      : runs.length === 1
      ? `The predictions of the run ${runs[0]}`
      : `The mean predictions of ${runs.length} runs: ${runs.join(", ")}`;
    return markup`<p class="lead">${nets}.${images}</p>`;
  }
  const { data, recipe, result, status, created } = training.record;
  const day = new Date(created).toLocaleDateString("en-GB", { dateStyle: "long", timeZone: "UTC" });
  return markup`<p class="lead">${runHeading(training.record)}. ${
    imageCounts(data)
  }.${images} Recipe ${recipe.name}, ${result?.stopped ?? status}, ${day}.</p>`;
}

async function sectionsOf(
  run: ReportedRun,
  context: SectionContext,
  options: ReportOptions,
): Promise<Section[]> {
  options.signal?.throwIfAborted();
  const { training, evaluated } = run;
  const sections: Section[] = [];
  if (training) sections.push(curvesSection(training, context));
  if (evaluated) {
    const { evaluation, predictions } = evaluated;
    using explainer = await explainerOf(run, options);
    const explain = explainer?.explain;
    sections.push(
      confusionSection(evaluation, context),
      classesSection(evaluation, context),
      reliabilitySection(predictions, context),
      await mistakesSection(evaluated, explain, context),
      await lossesSection(evaluated, explain, context),
    );
  }
  if (training) {
    sections.push(costSection(training, context), settingsSection(training.record, context));
  }
  return sections;
}

/** Only a run has weights, and the ones that were evaluated must be stored: the best. */
async function explainerOf(
  { directory, training, evaluated }: ReportedRun,
  { explain = true, engine, signal, onMessage }: ReportOptions,
): Promise<Explainer | undefined> {
  if (!explain || !training || evaluated?.evaluation.weights !== "best") return undefined;
  const weights = join(directory, runFiles.best);
  if (!await isFile(weights)) {
    onMessage?.(`no Grad-CAM: there is no ${weights}`);
    return undefined;
  }
  await useEngine({
    ...engine,
    ...defined({ onMessage, signal }),
  });
  return await openExplainer(directory);
}
