import { join } from "@std/path";
import { linkerWords } from "../../linker_variables.ts";
import { projectFolder } from "../../project_folder.ts";

/**
 * Returns a command that runs this command line with other arguments and the permissions of its tasks.
 *
 * @param args A task and its flags.
 */
export function ownCommand(args: readonly string[]): string[] {
  const permissions = Deno.readTextFileSync(
    join(projectFolder, "lib", "cli", "permissions", "compute"),
  );
  // Started by `env`: a permission cannot name this Deno, whose path differs between machines. Windows
  // has no such program: its permission is that for `deno`, if that is this one.
  const starter = Deno.build.os === "windows" ? [] : ["env", ...linkerWords()];
  return [
    ...[...starter, Deno.execPath(), "run", "-q", ...permissions.trim().split(/\s+/)],
    ...["--config", join(projectFolder, "deno.json"), join(projectFolder, "lib", "cli.ts")],
    ...args,
  ];
}
