import type { Command } from "commander";
import { endWithError } from "../lib/cli/errors.ts";

/** The flags of this process. What is wrong with them ends it with one line. */
export function readFlags<Flags extends object>(command: Command): Flags {
  try {
    return command.exitOverride().configureOutput({ outputError: () => {} })
      .parse(Deno.args, { from: "user" }).opts<Flags>();
  } catch (error) {
    endWithError(error);
  }
}
