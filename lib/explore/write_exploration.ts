import { dirname, join } from "@std/path";
import { folderName } from "../files/folder_name.ts";
import { type Html, markup } from "../display/markup.ts";
import { replaceFile } from "../files/replace_file.ts";
import { Charts } from "../report/charts.ts";
import { writePage } from "../report/page.ts";
import type { Section, SectionContext } from "../report/sections/section.ts";
import type { Exploration } from "./explore_data.ts";
import type { ExplorationFacts, PartName } from "./facts.ts";
import { splitTitles } from "./oddities.ts";
import { classCountsSection } from "./sections/classes.ts";
import { contactSheets } from "./sections/contact_sheets.ts";
import {
  crossingSection,
  duplicatesSection,
  leakAlarm,
  leaksSection,
} from "./sections/duplicates.ts";
import { filesSection } from "./sections/files.ts";
import { lightSection, sizesSection } from "./sections/histograms.ts";
import { duplicatesText } from "./text.ts";
import { Thumbnails } from "./thumbnails.ts";

/** Options of {@linkcode writeExploration}. */
export interface WriteExplorationOptions {
  /** Path of the page. Default: `runs/explore-NAME/index.html`. */
  readonly output?: string;
  /** Stops the work; then nothing is written. */
  readonly signal?: AbortSignal;
}

/**
 * Writes what was found as one HTML page that needs no other file and no network, and as `explore.json`
 * beside it. The page's pictures take at most 6 MB.
 *
 * @returns The paths of both files.
 *
 * @example
 * ```ts ignore
 * import { exploreData, writeExploration } from "vgg/explore";
 *
 * await writeExploration(await exploreData("photos")); // runs/explore-photos/index.html
 * ```
 */
export async function writeExploration(
  exploration: Exploration,
  { output = explorationPath(exploration.facts.source), signal }: WriteExplorationOptions = {},
): Promise<{ readonly page: string; readonly json: string }> {
  const { facts, dataset } = exploration;
  const charts = new Charts();
  const context: SectionContext = { prefix: "", level: 2, charts };
  const thumbnails = new Thumbnails(dataset, signal);
  const sections = await sectionsOf(exploration, thumbnails, context);
  const page = await writePage({
    title: `Data set ${facts.name}`,
    lead: markup`<p class="lead">What is in ${facts.source}, before training.</p>`,
    contents: sections.map(({ entry }) => entry),
    main: markup`${leakAlarm(facts)}${warningList(facts)}${overview(facts)}${
      sections.map(({ html }) => html)
    }`,
    charts,
    task: "explore",
  });
  signal?.throwIfAborted();
  const json = jsonPath(output);
  await replaceFile(output, page);
  await replaceFile(json, `${JSON.stringify(facts, null, 2)}\n`);
  return { page: output, json };
}

/** The default path of a data set's page. */
export function explorationPath(source: string): string {
  return join("runs", `explore-${folderName(source)}`, "index.html");
}

/** The path of the facts beside a page. */
export function jsonPath(page: string): string {
  return join(dirname(page), "explore.json");
}

async function sectionsOf(
  exploration: Exploration,
  thumbnails: Thumbnails,
  context: SectionContext,
): Promise<Section[]> {
  const { facts, dataset } = exploration;
  return [
    ...await leaksSection(facts, thumbnails, context),
    ...await crossingSection(facts, thumbnails, context),
    classCountsSection(facts, context),
    sizesSection(exploration, context),
    lightSection(exploration, context),
    await filesSection(facts, thumbnails, context),
    await duplicatesSection(facts, thumbnails, context),
    await contactSheets(dataset, facts, thumbnails, context),
  ];
}

/** Leaks are told before them. */
function warningList({ warnings, leaks }: ExplorationFacts): Html | undefined {
  const others = warnings.slice(leaks.length);
  return others.length === 0
    ? undefined
    : markup`<ul class="note">${others.map((warning) => markup`<li>${warning}</li>`)}</ul>`;
}

function overview({ pictures, classes, duplicates, leaks, broken, odd }: ExplorationFacts): Html {
  const sum = (counts: readonly number[]): number =>
    counts.reduce((total, each) => total + each, 0);
  const all = sum(Object.values(pictures));
  const facts: (readonly [string, string | number, string])[] = [
    ["Pictures", all.toLocaleString("en-US"), parts(pictures)],
    ["Classes", classes.length, ""],
    ["Leaks", sum(leaks.map((leak) => leak.pictures)), "pictures of one part also in another"],
    [
      "Duplicates",
      sum(duplicates.map((group) => group.pictures.length - 1)),
      duplicatesText(duplicates),
    ],
    ["Broken files", sum(broken.map(({ count }) => count)), "cannot be read"],
    ["Oddities", sum(Object.values(odd).map(({ count }) => count)), "of pictures that are read"],
  ];
  return markup`<dl class="facts">
${
    facts.map(([name, value, note]) =>
      markup`<div><dt>${name}</dt><dd>${value}<small>${note}</small></dd></div>
`
    )
  }</dl>`;
}

function parts(pictures: ExplorationFacts["pictures"]): string {
  return Object.entries(pictures).map(([split, count]) =>
    `${count.toLocaleString("en-US")} ${splitTitles[split as PartName]}`
  )
    .join(", ");
}
