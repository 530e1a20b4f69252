/**
 * Ends the process with one line if Deno is too old. It is the first import of programs: modules
 * run in the order of their imports, and the others may call what an older Deno does not have. Tasks list
 * their permissions as flags for the same reason: Deno 2.4 knows no named sets of them.
 *
 * @module
 */

import { commandPrefix } from "./command_line.ts";
import { tooOldDeno } from "./deno_version.ts";

const isCommandLine = Deno.mainModule.endsWith("/lib/cli.ts");
const tooOld = tooOldDeno(
  Deno.version.deno,
  isCommandLine
    ? [commandPrefix.replace(/^deno /, ""), ...Deno.args.slice(0, 1)].join(" ")
    : "task test",
);
if (tooOld) {
  // deno-lint-ignore no-console -- the command line prints here.
  console.error(`error: ${tooOld}`);
  Deno.exit(2);
}
