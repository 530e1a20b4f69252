import type { Charts } from "./chart.ts";
import { attributes, type Content, Html, markup } from "./markup.ts";
import type { Place } from "./page.ts";

/** What every part of a report needs to know of the page it is in. */
export interface Setting {
  /** Before the ids of a run's parts, where the page has several runs: `run-2-`. */
  readonly prefix: string;
  /** The level of a part's heading. */
  readonly level: 2 | 3;
  readonly charts: Charts;
}

/** A part of the page with its heading. */
export interface Section {
  readonly place: Place;
  readonly html: Html;
}

/** A part of a page that can be linked to. */
export function section(
  { prefix, level }: Pick<Setting, "prefix" | "level">,
  id: string,
  name: string,
  ...contents: readonly Content[]
): Section {
  const place = { id: `${prefix}${id}`, name };
  // Named sections are landmarks: a page of several runs would have too many.
  const isLandmark = level === 2;
  return {
    place,
    html: markup`<section${attributes({ "aria-labelledby": isLandmark && place.id })}>
${heading(level, name, place.id)}
${contents}
</section>
`,
  };
}

/** A heading of some level. */
export function heading(level: number, text: Content, id?: string): Html {
  const tag = new Html(`h${level}`);
  return markup`<${tag}${attributes({ id })}>${text}</${tag}>`;
}
