import { join } from "@std/path";
import { OptionError } from "./errors.ts";

/** The folder of `deno.json` in a clone; a program that loads the published package has none. */
export const projectFolder: string | undefined = import.meta.dirname === undefined
  ? undefined
  : join(import.meta.dirname, "..");

/**
 * The folder of `deno.json`, for what the published package does not have.
 *
 * @param what What needs it, such as `the notebooks`.
 * @throws {OptionError} If there is no clone.
 */
export function requireClone(what: string): string {
  if (projectFolder !== undefined) return projectFolder;
  throw new OptionError(
    `${what} need a clone of the project, not the package: git clone it, and call deno task there`,
  );
}
