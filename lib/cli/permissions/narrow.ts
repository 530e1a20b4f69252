import { dirname, join, resolve } from "@std/path";
import type { Command } from "commander";
import { isWithin } from "../../files/is_within.ts";
import { linkerWords } from "../../linker_variables.ts";
import { projectFolder } from "../../project_folder.ts";
import { isPublished } from "../../weights/published.ts";
import { userPath } from "../flags/paths.ts";

/** What every command may write: new runs, and what is kept of data sets and published weights. */
const always = ["runs", "data"];

/**
 * The whole disk, in which a list of permissions allows writing until the flags are known: `/` is that of
 * the project, and Windows may have others. Elsewhere their names are those of folders in the project. Shares
 * of Windows without a letter cannot be listed.
 */
const everywhere = ["/", ...Array.from("ABCDEFGHIJKLMNOPQRSTUVWXYZ", (letter) => `${letter}:/`)];

/** Hosts of published weights, as the lists name them. */
const hosts = ["storage.googleapis.com", "download.pytorch.org"];

/** The flags as Commander parsed them. */
type Flags = Readonly<Record<string, unknown>>;

/**
 * Gives up, for the rest of this process and all threads that it starts, the permissions for which a
 * command has no use with its flags. Nothing gives them back. A process with all permissions keeps them.
 */
export async function narrowPermissions(command: Command): Promise<void> {
  const flags: Flags = command.opts();
  await keepWriting(await writtenPlaces(command, flags));
  const given = Object.values(flags).flat();
  const fetches = given.some((value) =>
    typeof value === "string" && (isPublished(value) || value === "imagenet")
  );
  if (!fetches) hosts.forEach((host) => Deno.permissions.revokeSync({ name: "net", host }));
  const startsItself = flags.workers !== undefined || Number(flags.restarts ?? 0) > 0;
  if (!startsItself) giveUpProgram("unshare");
  // `env` also hands the dynamic linker's variables to other programs, which Deno itself refuses to do.
  keepsEnv = startsItself || linkerWords().length > 0;
  if (!keepsEnv && !computes(command)) starters.forEach(giveUpProgram);
}

/** The programs that start this one again; Windows has no `env`. */
const starters = ["env", "deno"];

let keepsEnv = false;

/** Gives up the programs that find and fetch TensorFlow, for which nothing has a use once an engine runs. */
export function giveUpFetching(): void {
  for (const name of ["python3", "python", "py"]) giveUpProgram(name);
  if (!keepsEnv) starters.forEach(giveUpProgram);
}

/** Whether a command may start an engine, and so fetch TensorFlow. */
function computes(command: Command): boolean {
  return command.options.some((option) => option.attributeName() === "engine");
}

function giveUpProgram(command: string): void {
  Deno.permissions.revokeSync({ name: "run", command });
}

async function keepWriting(places: readonly string[]): Promise<void> {
  if (Deno.permissions.querySync({ name: "write", path: "/" }).state !== "granted") {
    return;
  }
  for (const place of places) {
    const real = await Deno.realPath(place).catch(() => place);
    // Deno allows no folder as a whole in which it denies something. The list's denials stay.
    if ([place, real].some(holdsProject)) return;
    for (const path of [place, real]) await Deno.permissions.request({ name: "write", path });
  }
  for (const path of everywhere) await Deno.permissions.revoke({ name: "write", path });
}

function holdsProject(path: string): boolean {
  return projectFolder !== undefined && isWithin(projectFolder, path);
}

/** The folders and files in which a command may write something, with what may be new in them. */
async function writtenPlaces(command: Command, flags: Flags): Promise<string[]> {
  const places = [...always];
  if (computes(command)) {
    const { cacheFolder } = await import("../../engine/tensorflow/library/cache_folder.ts");
    places.push(cacheFolder());
  }
  for (const option of command.options) {
    const name = option.attributeName();
    for (const value of textsOf(flags[name])) {
      if (["run", "tensorboard", "remove"].includes(name)) places.push(userPath(value));
      if (name === "output") places.push(/<dir>/.test(option.flags) ? value : dirname(value));
      if (name === "weights" && !isPublished(value)) {
        places.push(...await besideWeights(command, value));
      }
    }
  }
  // A run and what to note about it.
  places.push(...textsOf(flags.note).slice(0, 1).map(userPath));
  if (command.name() === "export" && flags.output === undefined) places.push(userPath("."));
  return await Promise.all(places.map((place) => firstMissing(resolve(place))));
}

function textsOf(value: unknown): readonly string[] {
  return [value].flat().filter((each): each is string => typeof each === "string" && each !== "");
}

/** Where results of weights go: into their folder if they are a run's, else into one beside them. */
async function besideWeights(command: Command, path: string): Promise<string[]> {
  const info = await Deno.stat(path).catch(() => undefined);
  if (!info) return [];
  if (command.name() === "demo") return [dirname(path)];
  return [info.isDirectory ? path : join(dirname(path), "explanations")];
}

/** The path itself if something is there or its folder exists, else the uppermost folder that is missing. */
async function firstMissing(path: string): Promise<string> {
  const parent = dirname(path);
  if (parent === path || await Deno.lstat(parent).then(() => true, () => false)) return path;
  return await firstMissing(parent);
}
