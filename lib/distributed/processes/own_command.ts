import { join } from "@std/path";
import { projectFolder } from "../../project_folder.ts";
import { linkerWords } from "./linker_variables.ts";

/**
 * The words that start this command line again, with the permissions of its tasks.
 *
 * @param args A task and its flags.
 */
export function ownCommand(args: readonly string[]): string[] {
  return [
    // A permission cannot name this Deno, which may lie anywhere.
    ...["env", ...linkerWords(), Deno.execPath(), "run", "-q", "-P=compute", "--no-prompt"],
    ...["--config", join(projectFolder, "deno.json"), join(projectFolder, "lib", "cli.ts")],
    ...args,
  ];
}
