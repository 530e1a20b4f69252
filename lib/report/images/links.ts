import { attributes, type Content, type Html, markup } from "../../display/markup.ts";

/** A run as the page's address names it: its number from 1, where the page has several runs. */
export interface LinkedRun {
  readonly run?: number | undefined;
}

/**
 * Returns a link that shows some of a run's images.
 *
 * @param query Which ones, as `browser/views.js` reads it: `cell=3,7`, `pair=3,7`, `class=3`, `bin=9`.
 * @param label What the link says where its text alone does not.
 */
export function imagesLink(
  { run }: LinkedRun,
  query: string,
  text: Content,
  label?: string,
): Html {
  const href = `#${run === undefined ? "" : `run=${run}&`}${query}`;
  return markup`<a${attributes({ href, "aria-label": label })}>${text}</a>`;
}
