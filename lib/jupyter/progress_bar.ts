import { escapeHtml } from "../display/markup.ts";

/** Milliseconds between two updates of a progress display; faster updates cannot be read. */
const drawEvery = 200;
/** Milliseconds between two lines of text outside notebooks. */
const printEvery = 10_000;

/**
 * Limits how often progress is shown.
 *
 * @param isDrawn Whether it is drawn in a notebook; else it is printed, and less often.
 * @returns Whether an update is due now. The first is due at once if drawn, later if printed.
 */
export function throttle(isDrawn: boolean): () => boolean {
  let last = isDrawn ? -Infinity : performance.now();
  return () => {
    const now = performance.now();
    if (now - last < (isDrawn ? drawEvery : printEvery)) return false;
    last = now;
    return true;
  };
}

/** A progress bar with a line of text, in HTML. */
export function progressHtml(done: number, total: number, text: string): string {
  return `<p><progress value="${done}" max="${total}" style="width:16em"></progress> ` +
    `${escapeHtml(text)}</p>`;
}
