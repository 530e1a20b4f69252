import type { Command } from "commander";
import { DataError } from "../data/errors.ts";
import { downloadableSets, listSets } from "../data/sets.ts";
import { interruptible } from "./interrupt.ts";
import { print, say, startProgress } from "./progress.ts";

const root = "data";

/** Adds `data`. */
export function addDataCommand(program: Command): void {
  program.command("data")
    .description("Download a data set, or list what there is.")
    .argument("[name]", downloadableSets.map(({ name }) => name).join(", "))
    .action(async (name?: string) => name === undefined ? await list() : await get(name));
}

async function list(): Promise<void> {
  print("drawn10        drawn by this project's own code; nothing to download");
  for (const { set, state } of await listSets(root)) {
    print(`${set.name.padEnd(14)} ${state}, ${megabytes(set.archive.bytes)} to download`);
  }
}

async function get(name: string): Promise<void> {
  if (name === "drawn10") {
    return say("drawn10 is drawn as it is used: there is nothing to download.");
  }
  const set = downloadableSets.find((candidate) => candidate.name === name);
  if (!set) {
    const names = ["drawn10", ...downloadableSets.map((candidate) => candidate.name)];
    throw new DataError(`data set must be ${names.join(", ")}. Received: ${name}`);
  }
  const { download } = await import("../data/download.ts");
  const progress = startProgress(name);
  const folder = await interruptible((signal) =>
    download(set, {
      root,
      signal,
      onMessage: say,
      onProgress: ({ stage, bytes, total }) =>
        progress.at(Math.round(bytes / 1e6), Math.round(total / 1e6), `MB, ${stage}`),
    })
  ).finally(() => progress.end());
  print(`${name} is in ${folder}`);
}

function megabytes(bytes: number): string {
  return `${Math.round(bytes / 1e6)} MB`;
}
