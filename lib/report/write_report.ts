import { runHeading } from "../figures/run_heading.ts";
import { join } from "@std/path";
import { isFile } from "../data/sources/folders.ts";
import { type EngineOptions, useEngine } from "../engine/use_engine.ts";
import { OptionError } from "../errors.ts";
import { replaceFile } from "../files/replace_file.ts";
import { timeStamp } from "../files/write.ts";
import { runFiles } from "../runs/run.ts";
import { byClassSection } from "./by_class.ts";
import { Charts } from "./chart.ts";
import { comparison, runId, shortNames } from "./comparison.ts";
import { confusionSection } from "./confusion.ts";
import { costSection } from "./cost.ts";
import { curvesSection } from "./curves.ts";
import { type Explainer, openExplainer } from "./explain.ts";
import { lossesSection, mistakesSection } from "./galleries.ts";
import { type Html, markup } from "./markup.ts";
import { overview } from "./overview.ts";
import { type Page, writePage } from "./page.ts";
import { reliabilitySection } from "./reliability.ts";
import { readReportedRun, type ReportedRun } from "./reported_run.ts";
import { heading, type Section, type Setting } from "./section.ts";
import { settingsSection } from "./settings.ts";

/** How {@linkcode writePaperReport} works. */
export interface ReportOptions {
  /**
   * The page's file. Default: `report.html` in the run's folder; for several runs
   * `runs/report-DATE-TIME.html`.
   */
  readonly output?: string;
  /** Whether Grad-CAM shows beside the mistakes where the net looked. Default true. */
  readonly explain?: boolean;
  readonly engine?: Pick<EngineOptions, "engine" | "native">;
  readonly signal?: AbortSignal;
  /** What is going on, a line each. */
  readonly onMessage?: (line: string) => void;
}

/**
 * Writes one page about a run, or about several beside each other: results, learning curves, confusion
 * matrix, accuracy by class, calibration, the worst mistakes with what the net looked at, cost, and
 * every setting with the command that repeats the run. The page is one HTML file that needs no other
 * and asks no network.
 *
 * @param runs Folders of runs, or of an ensemble's results.
 * @returns The path of the file written.
 * @throws {RunError} Where a file of a run is missing or damaged: it names the file and what makes it;
 *   {OptionError} without a run.
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
  const page = reported.length === 1
    ? await onePage(reported[0]!, charts, options)
    : await sharedPage(reported, charts, options);
  options.signal?.throwIfAborted();
  await replaceFile(output, await writePage(page));
  return output;
}

/** Where the report of some runs lies, unless its user says. */
export function reportPath(runs: readonly string[]): string {
  const [only] = runs.length === 1 ? runs : [];
  return only === undefined
    ? join("runs", `report-${timeStamp()}.html`)
    : join(only, "report.html");
}

async function onePage(run: ReportedRun, charts: Charts, options: ReportOptions): Promise<Page> {
  const sections = await sectionsOf(run, { prefix: "", level: 2, charts }, options);
  return {
    title: run.name,
    lead: lead(run),
    contents: sections.map(({ place }) => place),
    main: markup`${overview(run)}${sections.map((section) => section.html)}`,
    charts,
  };
}

async function sharedPage(
  runs: readonly ReportedRun[],
  charts: Charts,
  options: ReportOptions,
): Promise<Page> {
  const compared = comparison(runs, { prefix: "", level: 2, charts });
  const parts: Html[] = [];
  for (const [index, run] of runs.entries()) {
    const id = runId(index);
    const sections = await sectionsOf(run, { prefix: `${id}-`, level: 3, charts }, options);
    parts.push(markup`<section class="run" aria-labelledby="${id}">
${heading(2, run.name, id)}
${lead(run)}
${overview(run)}
${sections.map((section) => section.html)}</section>
`);
  }
  const names = shortNames(runs);
  return {
    title: `${runs.length} runs compared`,
    lead: markup`<p class="lead">${runs.map(({ name }) => name).join(" · ")}</p>`,
    contents: [
      ...compared.map(({ place }) => place),
      ...names.map((name, index) => ({ id: runId(index), name })),
    ],
    main: markup`${compared.map((section) => section.html)}${parts}`,
    charts,
  };
}

/** What a run is, in a line or two. */
function lead({ trained, evaluated }: ReportedRun): Html {
  if (!trained) {
    const runs = evaluated?.evaluation.runs ?? [];
    return markup`<p class="lead">The mean predictions of ${runs.length} runs: ${
      runs.join(", ")
    }.</p>`;
  }
  const { data, recipe, result, status, created } = trained.record;
  const day = new Date(created).toLocaleDateString("en-GB", { dateStyle: "long", timeZone: "UTC" });
  return markup`<p class="lead">${runHeading(trained.record)}. ${data.train} training and
${data.validation} validation images. Recipe ${recipe.name}, ${
    result?.stopped ?? status
  }, ${day}.</p>`;
}

async function sectionsOf(
  run: ReportedRun,
  setting: Setting,
  options: ReportOptions,
): Promise<Section[]> {
  options.signal?.throwIfAborted();
  const { trained, evaluated } = run;
  const sections: Section[] = [];
  if (trained) sections.push(curvesSection(trained, setting));
  if (evaluated) {
    const { evaluation, predictions } = evaluated;
    using explainer = await explainerOf(run, options);
    const explain = explainer?.explain;
    sections.push(
      confusionSection(evaluation, setting),
      byClassSection(evaluation, setting),
      reliabilitySection(predictions, setting),
      await mistakesSection(evaluated, explain, setting),
      await lossesSection(evaluated, trained?.dataset, explain, setting),
    );
  }
  if (trained) sections.push(costSection(trained, setting), settingsSection(trained, setting));
  return sections;
}

/** Of a run that has the weights that were evaluated; an ensemble has none of its own. */
async function explainerOf(
  { directory, trained, evaluated }: ReportedRun,
  { explain = true, engine, signal, onMessage }: ReportOptions,
): Promise<Explainer | undefined> {
  if (!explain || !trained || evaluated?.evaluation.weights !== "best") return undefined;
  const weights = join(directory, runFiles.best);
  if (!await isFile(weights)) {
    onMessage?.(`no Grad-CAM: there is no ${weights}`);
    return undefined;
  }
  await useEngine({
    ...engine,
    ...(onMessage ? { onMessage } : {}),
    ...(signal ? { signal } : {}),
  });
  return await openExplainer(directory);
}
