import type { Command } from "commander";
import type { DownloadOptions } from "../data/downloads/download.ts";
import { DataError } from "../data/errors.ts";
import { isFile } from "../data/sources/folders.ts";
import { downloadableSets, listSets } from "../data/downloads/downloads.ts";
import {
  fetchPublished,
  isPublished,
  type PublishedName,
  publishedPath,
  publishedWeights,
} from "../weights/published.ts";
import { plainTable } from "../display/table.ts";
import { megabytes } from "../display/format.ts";
import { interruptible } from "./interrupt.ts";
import { log, logError, startProgress } from "./progress.ts";

const root = "data";
const names = [...downloadableSets.map(({ name }) => name), ...Object.keys(publishedWeights)];

/** Adds the command `data`. */
export function addDataCommand(program: Command): void {
  program.command("data")
    .description("Download a data set or published weights, or list them.")
    .argument("[name]", names.join(", "))
    .action(async (name?: string) => name === undefined ? await list() : await get(name));
}

async function list(): Promise<void> {
  const sets = await listSets(root);
  const weights = Object.keys(publishedWeights) as PublishedName[];
  const row = (name: string, state: string, bytes: number): string[] => [
    name,
    `${state}, ${megabytes(bytes)} to download`,
  ];
  const rows = [
    ["drawn10", "drawn by this project's own code; nothing to download"],
    ...sets.map(({ set, state }) => row(set.name, state, set.archive.bytes)),
    ...await Promise.all(weights.map(async (name) => {
      const state = await isFile(publishedPath(name)) ? "whole" : "absent";
      return row(name, state, publishedWeights[name].file.bytes);
    })),
  ];
  log(plainTable({ rows }));
}

async function get(name: string): Promise<void> {
  if (name === "drawn10") {
    return logError("drawn10 is drawn when it is used; there is nothing to download.");
  }
  const progress = startProgress(name);
  const onProgress = (
    { stage, bytes, total }: { stage: string; bytes: number; total: number },
  ): void => progress.at(Math.round(bytes / 1e6), Math.round(total / 1e6), `MB, ${stage}`);
  const place = await interruptible((signal) =>
    fetchNamed(name, { signal, onMessage: logError, onProgress })
  )
    .finally(() => progress.end());
  log(`${name} is in ${place}`);
}

/** Downloads a data set or weights by name, and returns the path. */
async function fetchNamed(name: string, options: DownloadOptions): Promise<string> {
  if (isPublished(name)) return (await fetchPublished(name, options)).path;
  const set = downloadableSets.find((candidate) => candidate.name === name);
  if (!set) {
    throw new DataError(`data must be ${["drawn10", ...names].join(", ")}. Received: ${name}`);
  }
  const { download } = await import("../data/downloads/download.ts");
  return await download(set, { ...options, root });
}
