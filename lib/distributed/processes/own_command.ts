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
  return [
    // Started by `env`: a permission cannot name this Deno, whose path differs between machines.
    ...["env", ...linkerWords(), Deno.execPath(), "run", "-q", "--node-modules-dir=none"],
    ...permissions.trim().split(/\s+/),
    ...["--config", join(projectFolder, "deno.json"), join(projectFolder, "lib", "cli.ts")],
    ...args,
  ];
}
