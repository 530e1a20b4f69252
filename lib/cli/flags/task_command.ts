import { keepWhole } from "../../display/fit_columns.ts";
import { shellWords } from "../../display/format.ts";
import { commandPrefix } from "../../command_line.ts";

/** A task as the user calls it: `deno task train --resume`, with `npx` before it if that started Deno. */
export function taskCommand(words: readonly string[]): string {
  const isNpx = Deno.env.get("npm_lifecycle_event") === "npx";
  const kept = words.map((word) => keepWhole(shellWords([word])));
  return [...(isNpx ? ["npx"] : []), commandPrefix, ...kept].join(" ");
}

/** The line that says how to repeat the command that was interrupted. */
export function againText(): string {
  return `To start again: ${taskCommand(Deno.args)}`;
}

/** The line that says which command continues after an interruption. */
export function continueText(words: readonly string[]): string {
  return `To continue: ${taskCommand(words)}`;
}
