/**
 * The table of layouts in data/README.md. `deno run -A tests/data/layout_table.ts && deno fmt` writes it
 * anew after a change of `lib/data/sources/layouts.ts`.
 */
import { join } from "@std/path";
import { layouts } from "../../lib/data/sources/layouts.ts";

const readme = join(import.meta.dirname!, "../../data/README.md");
const [begin, end] = ["<!-- layouts -->", "<!-- end of layouts -->"];

/** The table of all layouts, with the tree of each. */
export function layoutTable(): string {
  const rows = layouts.map(({ name, tree }) => `| ${name} | \`${tree.replaceAll("|", "\\|")}\` |`);
  return ["| layout | tree |", "| --- | --- |", ...rows].join("\n");
}

/** The text between the marks. */
export async function tableInReadme(): Promise<string> {
  const text = await Deno.readTextFile(readme);
  return text.slice(text.indexOf(begin) + begin.length, text.indexOf(end)).trim();
}

if (import.meta.main) {
  const text = await Deno.readTextFile(readme);
  const [before, after] = [text.slice(0, text.indexOf(begin)), text.slice(text.indexOf(end))];
  await Deno.writeTextFile(readme, `${before}${begin}\n\n${layoutTable()}\n\n${after}`);
}
