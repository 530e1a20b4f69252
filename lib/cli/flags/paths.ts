import { join, resolve } from "@std/path";
import type { Argument, Command, Option } from "commander";
import { datasetNames } from "../../data/open_dataset.ts";
import { projectFolder } from "../../project_folder.ts";
import { ownWeights } from "../../weights/file_format.ts";
import { publishedWeights } from "../../weights/published.ts";
import { logError } from "../progress.ts";

/** Words in a flag's placeholder that stand for a path: `--weights <run|file|name>`. */
const pathWords: readonly string[] = ["dir", "file", "path", "run"];
/** Names of arguments that are paths. */
const pathArguments: readonly string[] = ["images", "files", "paths"];
/** Flags that say where to write: nothing need be there. */
const outputs: readonly string[] = ["output", "tensorboard"];
const names: readonly string[] = [...datasetNames, ...Object.keys(publishedWeights)];

/**
 * The folder in which the user called the task. `deno task` works in the project folder, and says in
 * `INIT_CWD` where it was called. Elsewhere the variable may be that of another program.
 */
function userFolder(): string {
  const called = Deno.env.get("INIT_CWD");
  const isTask = projectFolder !== undefined && isSame(Deno.cwd(), projectFolder);
  return called && isTask ? called : Deno.cwd();
}

/** Returns a path of the user's as a path of this process: absolute where the two differ. */
export function userPath(path: string): string {
  const folder = userFolder();
  return isNoPath(path) || isSame(folder, Deno.cwd()) ? path : resolve(folder, path);
}

/** Returns a path of this process so that the user can give it to the next task. */
export function pathForUser(path: string): string {
  return isSame(userFolder(), Deno.cwd()) ? path : resolve(path);
}

/**
 * Makes all flags and arguments of a command that take paths relative to the user's folder. Names, such
 * as those of data sets, stay; a path where nothing is becomes absolute, so that errors show where it was
 * looked for.
 */
export function resolvePaths(command: Command): void {
  for (const option of command.options) {
    const words = /[<[](.+)[>\]]/.exec(option.flags)?.[1]?.split("|") ?? [];
    if (!words.some((word) => pathWords.includes(word))) continue;
    const name = option.attributeName();
    const mayBeNew = outputs.includes(name) || name === "run" && command.name() === "train";
    const literal = words.filter((word) => word !== "name" && !pathWords.includes(word));
    const fixed = [...literal, ...words.includes("name") ? names : []];
    wrap(option, (given) => {
      const isName = fixed.includes(given) ||
        name === "weights" && words.includes("name") && !canRead(userPath(given)) &&
          ownWeights(given) !== undefined;
      if (!isName) return mayBeNew ? userPath(given) : existingPath(given);
      tellFolderOfName(given);
      return given;
    });
  }
  for (const argument of command.registeredArguments) {
    if (pathArguments.includes(argument.name())) wrap(argument, existingPath);
  }
}

/** Like {@linkcode userPath}, but absolute if nothing is there. */
export function existingPath(given: string): string {
  const path = userPath(given);
  return isNoPath(given) || canRead(path) ? path : resolve(path);
}

/** Whether a text is empty or a URL, which the commands refuse with words of their own. */
function isNoPath(text: string): boolean {
  return text === "" || /^[a-z][a-z\d+.-]+:\/\//i.test(text);
}

/** Changes the text before the flag's own parser sees it. */
function wrap(target: Option | Argument, change: (given: string) => string): void {
  const { parseArg, variadic } = target;
  target.argParser((given: string, before: unknown) => {
    const changed = change(given);
    if (parseArg) return parseArg(changed, before as never);
    return variadic ? [...Array.isArray(before) ? before : [], changed] : changed;
  });
}

/** Tells of a folder or file that has the name of a data set or the like, which is taken instead. */
function tellFolderOfName(name: string): void {
  const own = join(userFolder(), name);
  if (isSame(own, join("data", name)) || !canRead(own)) return;
  const what = datasetNames.includes(name) ? "the data set" : "one of the known names";
  logError(`${name} is ${what}; for ${own} write ./${name}`);
}

function canRead(path: string): boolean {
  try {
    Deno.statSync(path);
    return true;
  } catch (error) {
    // It is there, but this user may not see it: the error that follows says so.
    return !(error instanceof Deno.errors.NotFound);
  }
}

function isSame(one: string, other: string): boolean {
  if (resolve(one) === resolve(other)) return true;
  try {
    return Deno.realPathSync(one) === Deno.realPathSync(other);
  } catch {
    return false;
  }
}
