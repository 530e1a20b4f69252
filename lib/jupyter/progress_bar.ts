import { escapeHtml } from "../display/markup.ts";

/** Milliseconds from one drawing of a progress display to the next: more often is a blur. */
const drawEvery = 200;
/** Milliseconds between lines where there is no notebook. */
const printEvery = 10_000;

/** Says when a display of progress is due; the first time it is at once, or later for text. */
export function throttle(isDrawn: boolean): () => boolean {
  let last = isDrawn ? -Infinity : performance.now();
  return () => {
    const now = performance.now();
    if (now - last < (isDrawn ? drawEvery : printEvery)) return false;
    last = now;
    return true;
  };
}

/** A bar with a line of text, in HTML. */
export function progressHtml(done: number, total: number, text: string): string {
  return `<p><progress value="${done}" max="${total}" style="width:16em"></progress> ` +
    `${escapeHtml(text)}</p>`;
}
