import type { Command } from "commander";
import {
  acceptedTerms,
  acceptTerms,
  articleName,
  articleState,
  imagenetTermsLines,
} from "../data/downloads/article/article.ts";
import type { ArticleOptions } from "../data/downloads/article/fetch_class.ts";
import type { DownloadOptions } from "../data/downloads/download.ts";
import { downloadableSets, listSets } from "../data/downloads/downloads.ts";
import { DataError } from "../data/errors.ts";
import { articleClasses } from "../data/sources/class_names.ts";
import { isFile } from "../data/sources/folders.ts";
import { megabytes } from "../display/format.ts";
import { plainTable } from "../display/table.ts";
import {
  fetchPublished,
  isPublished,
  type PublishedName,
  publishedPath,
  publishedWeights,
} from "../weights/published.ts";
import { UsageError } from "./errors.ts";
import { interruptible } from "./interrupt.ts";
import { whole } from "./flags/options.ts";
import { continueText } from "./flags/task_command.ts";
import { log, logError, logLines } from "./progress.ts";
import { showWaiting } from "./tell/waiting.ts";
import { commandPrefix } from "../command_line.ts";

const root = "data";
const names = [
  ...downloadableSets.map(({ name }) => name),
  articleName,
  ...Object.keys(publishedWeights),
];

/** The flags of the article's photographs. */
interface Flags extends Pick<ArticleOptions, "seed" | "validation" | "manifest"> {
  acceptTerms?: boolean;
}

/** Adds the command `data`. */
export function addDataCommand(program: Command): void {
  program.command("data")
    .description("Download a data set or published weights, or list them.")
    .argument("[name]", names.join(", "))
    .option(
      "--accept-terms",
      `${articleName}: accept ImageNet's terms after they are shown; this is remembered`,
    )
    .option(
      "--validation <dir>",
      `${articleName}: ImageNet's own validation images, <wnid>/*.JPEG or flat with ` +
        "LOC_val_solution.csv (default: 50 per class, held out by seed)",
    )
    .option(
      "--seed <n>",
      `${articleName}: seed of the images to hold out (default: 1)`,
      whole("--seed", 0),
    )
    .option(
      "--manifest <file>",
      `${articleName}: manifest.json of another download, which this one must equal`,
    )
    .action(async (name: string | undefined, flags: Flags) => {
      const [given] = Object.keys(flags);
      if (given !== undefined && name !== articleName) {
        throw new UsageError(
          `only data ${articleName} takes flags. Received: ${name ?? "no name"}`,
        );
      }
      await (name === undefined ? list() : get(name, flags));
    });
}

async function list(): Promise<void> {
  const sets = await listSets(root);
  const weights = Object.keys(publishedWeights) as PublishedName[];
  const row = (name: string, state: string, bytes: number): string[] => [
    name,
    `${state}, ${megabytes(bytes)} to download`,
  ];
  const { state, classes } = await articleState(root);
  const rows = [
    ["drawn10", "drawn by this project's own code; nothing to download"],
    [
      articleName,
      `${state}, ${classes.length} of ${articleClasses.length} classes, 100 to 200 MB each to ` +
      "download after accepting ImageNet's terms",
    ],
    ...sets.map(({ set, state }) => row(set.name, state, set.archive.bytes)),
    ...await Promise.all(weights.map(async (name) => {
      const state = await isFile(publishedPath(name)) ? "whole" : "absent";
      return row(name, state, publishedWeights[name].file.bytes);
    })),
  ];
  logLines(plainTable({ rows }));
}

const verbs = {
  fetching: "Downloading",
  verifying: "Verifying",
  unpacking: "Unpacking",
} as const;

async function get(name: string, flags: Flags): Promise<void> {
  if (name === "drawn10") {
    return logError("drawn10 is drawn when it is used; there is nothing to download.");
  }
  if (name === articleName) await requireTerms(flags);
  const waiting = showWaiting();
  const onProgress = (
    { stage, bytes, total }: { stage: keyof typeof verbs; bytes: number; total: number },
  ): void => {
    // A server need not say how much there is.
    waiting.at(bytes / 1e6, total / 1e6 || Infinity, {
      verb: `${verbs[stage]} ${name}`,
      unit: "MB",
    });
  };
  const onMessage = (line: string): void => {
    waiting.end();
    logError(line);
  };
  const place = await interruptible(
    (signal) => fetchNamed(name, { ...flags, signal, onMessage, onProgress }),
    { advice: () => continueText(Deno.args) },
  ).finally(() => waiting.end());
  log(`${name} is in ${place}`);
}

/** Shows ImageNet's terms, unless they were accepted before, and asks at a terminal. */
async function requireTerms({ acceptTerms: accepted }: Flags): Promise<void> {
  if (await acceptedTerms(root)) return;
  for (const line of imagenetTermsLines) logError(line);
  const canAsk = Deno.stdin.isTerminal() && Deno.stderr.isTerminal();
  if (accepted || canAsk && confirm("Do you accept them?")) return await acceptTerms(root);
  throw new UsageError(
    `ImageNet's terms must be accepted first: ${commandPrefix} data article --accept-terms`,
  );
}

/** Downloads a data set or weights by name, and returns the path. */
async function fetchNamed(
  name: string,
  options: ArticleOptions & DownloadOptions,
): Promise<string> {
  if (isPublished(name)) return (await fetchPublished(name, options)).path;
  if (name === articleName) {
    const { downloadArticle } = await import("../data/downloads/article/download_article.ts");
    return await downloadArticle({ ...options, root });
  }
  const set = downloadableSets.find((candidate) => candidate.name === name);
  if (!set) {
    throw new DataError(`data must be ${["drawn10", ...names].join(", ")}. Received: ${name}`);
  }
  const { download } = await import("../data/downloads/download.ts");
  return await download(set, { ...options, root });
}
