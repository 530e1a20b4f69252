import { attributes, type Content, Html, markup } from "../../display/markup.ts";
import { type HtmlCell, htmlTable, type TableContent } from "../../display/table.ts";
import type { Charts } from "../charts.ts";
import type { LinkedRun } from "../images/links.ts";

/** What a section needs to know of the page it is in. */
export interface SectionContext extends LinkedRun {
  /** Before the section's ids, where the page has several runs: `run-2-`. */
  readonly prefix: string;
  /** The level of the section's heading. */
  readonly level: 2 | 3;
  readonly charts: Charts;
}

/** An entry of the page's table of contents. */
export interface TocEntry {
  readonly id: string;
  readonly name: string;
}

/** A part of the page with a heading. */
export interface Section {
  readonly entry: TocEntry;
  readonly html: Html;
}

/** Returns a section that can be linked to. */
export function section(
  { prefix, level }: Pick<SectionContext, "prefix" | "level">,
  id: string,
  name: string,
  ...contents: readonly Content[]
): Section {
  const entry = { id: `${prefix}${id}`, name };
  // Named sections are landmarks: a page of several runs would have too many.
  const isLandmark = level === 2;
  return {
    entry,
    html: markup`<section${attributes({ "aria-labelledby": isLandmark && entry.id })}>
${heading(level, name, entry.id)}
${contents}
</section>
`,
  };
}

/** Returns a heading. */
export function heading(level: number, text: Content, id?: string): Html {
  const tag = new Html(`h${level}`);
  return markup`<${tag}${attributes({ id })}>${text}</${tag}>`;
}

/** Returns a table in a box that scrolls where the table is wider than the page. */
export function scrollTable(
  content: TableContent<HtmlCell>,
  options?: { readonly sortable?: boolean },
): Html {
  return markup`<div class="scroll" tabindex="0" role="group" aria-label="${content.title}">
${htmlTable(content, options)}
</div>`;
}
