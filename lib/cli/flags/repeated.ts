import type { Command } from "commander";
import { logError } from "../progress.ts";

/** A flag as it was given, and the value of its option afterwards. */
interface Given {
  readonly text: string;
  readonly value: unknown;
}

/**
 * Says in a line that a flag was given again with another value, which replaces the first. Nothing is said of
 * flags that collect their values.
 */
export function tellRepeated(command: Command): void {
  const given = new Map<string, Given>();
  for (const option of command.options) {
    if (option.variadic) continue;
    const name = option.attributeName();
    command.on(`option:${option.name()}`, (text?: string | null) => {
      const flag = option.long ?? option.flags;
      const now = {
        text: text === null || text === undefined ? flag : `${flag} ${text}`,
        value: command.getOptionValue(name),
      };
      const before = given.get(name);
      if (before && before.text !== now.text && !includes(now.value, before.value)) {
        logError(`${before.text} is replaced by ${now.text}, which comes after it`);
      }
      given.set(name, now);
    });
  }
}

function includes(value: unknown, before: unknown): boolean {
  return Array.isArray(value) && Array.isArray(before) && value.length > before.length &&
    before.every((one, index) => one === value[index]);
}
