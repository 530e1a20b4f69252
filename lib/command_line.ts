import { join } from "@std/path";
import project from "../deno.json" with { type: "json" };
import { shellWords } from "./display/format.ts";
import { isWithin } from "./files/is_within.ts";
import { projectFolder } from "./project_folder.ts";

/** The published program of this version. */
export const publishedProgram = `jsr:${project.name}@${project.version}/cli`;

/**
 * What the user writes before a command, such as `train`: `deno task` in a clone, elsewhere `deno run` with
 * the clone's or the package's program.
 */
export const commandPrefix: string = prefix();

function prefix(): string {
  if (projectFolder === undefined) return `deno run -A jsr:${project.name}/cli`;
  if (worksIn(projectFolder)) return "deno task";
  return `deno run -A ${shellWords([join(projectFolder, "lib", "cli.ts")])}`;
}

/** Whether this process works in a folder or below it. */
function worksIn(folder: string): boolean {
  try {
    return isWithin(Deno.realPathSync("."), Deno.realPathSync(folder));
  } catch {
    // Without the permission to read, the folder is unknown.
    return false;
  }
}
