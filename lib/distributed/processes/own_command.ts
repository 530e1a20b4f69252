import { join } from "@std/path";
import { projectFolder } from "../../project_folder.ts";
import { linkerWords } from "./linker_variables.ts";

/**
 * Returns a command that runs this command line with other arguments and the permissions of its tasks.
 *
 * @param args A task and its flags.
 */
export function ownCommand(args: readonly string[]): string[] {
  return [
    // Started by `env`: a permission cannot name this Deno, whose path differs between machines.
    ...["env", ...linkerWords(), Deno.execPath(), "run", "-q", "-P=compute", "--no-prompt"],
    ...["--config", join(projectFolder, "deno.json"), join(projectFolder, "lib", "cli.ts")],
    ...args,
  ];
}
