import { join } from "@std/path";
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
    ...["env", ...linkerWords(), Deno.execPath(), "run", "-q", ...permissions.trim().split(/\s+/)],
    ...["--config", join(projectFolder, "deno.json"), join(projectFolder, "lib", "cli.ts")],
    ...args,
  ];
}

/** What decides which native code a program loads; Deno hands it on only with all permissions. */
const ofLinker = /^(LD|DYLD)_/i;

/** The environment without the dynamic linker's variables. */
export function withoutLinkerVariables(): Record<string, string> {
  const all = Object.entries(Deno.env.toObject());
  return Object.fromEntries(all.filter(([name]) => !ofLinker.test(name)));
}

/** The dynamic linker's variables, as words of the program `env`: CUDA's libraries may need them. */
export function linkerWords(): string[] {
  const all = Object.entries(Deno.env.toObject());
  return all.filter(([name]) => ofLinker.test(name)).map(([name, value]) => `${name}=${value}`);
}
