import { join } from "@std/path";
import { publishedProgram } from "../../command_line.ts";
import { linkerWords } from "../../linker_variables.ts";
import { projectFolder } from "../../project_folder.ts";

/**
 * Returns a command that runs this command line with other arguments and the permissions of its tasks; that
 * of the published package runs with all permissions.
 *
 * @param args A task and its flags.
 */
export function ownCommand(args: readonly string[]): string[] {
  // Started by `env`: a permission cannot name this Deno, whose path differs between machines. Windows
  // has no such program: its permission is that for `deno`, if that is this one.
  const starter = Deno.build.os === "windows" ? [] : ["env", ...linkerWords()];
  return [
    ...[...starter, Deno.execPath(), "run", "-q", ...programWords()],
    ...args,
  ];
}

function programWords(): string[] {
  if (projectFolder === undefined) return ["-A", publishedProgram];
  const program = join(projectFolder, "lib", "cli.ts");
  const permissions = Deno.readTextFileSync(
    join(projectFolder, "lib", "cli", "permissions", "compute"),
  );
  const config = join(projectFolder, "deno.json");
  return [
    "--node-modules-dir=none",
    ...permissions.trim().split(/\s+/),
    "--config",
    config,
    program,
  ];
}
