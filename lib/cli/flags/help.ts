import { type Command, Help } from "commander";
import { wrapLines } from "../../display/fit_columns.ts";
import { terminalColumns } from "../progress.ts";

/** The least width of a column of descriptions. */
const narrowest = 40;

/** Makes a command's help fit the terminal: in a narrow one, each description is below its flag. */
export function fitHelp(command: Command): void {
  const columns = terminalColumns(Deno.stdout);
  if (columns === Infinity) return;
  command.configureHelp({
    helpWidth: columns,
    formatItem: (term, termWidth, description, helper) =>
      columns - termWidth - 4 >= narrowest
        ? Help.prototype.formatItem.call(helper, term, termWidth, description, helper)
        : wrapLines(`  ${term}\n      ${description}`, columns),
  });
}
