import { formatActivity, type OnActivity, timeLeft } from "../display/activity.ts";
import { escapeHtml } from "../display/markup.ts";

/** The state of a progress display. */
export interface ProgressView {
  readonly done: number;
  /** `Infinity` if it is unknown. */
  readonly total: number;
  readonly text: string;
}

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

/** Describes activities with their verb, share and time left, and passes each state on. */
export function watchActivities(show: (view: ProgressView) => void): OnActivity {
  const left = timeLeft();
  return (done, total, activity) => {
    const text = formatActivity(done, total, activity, left(done, total, activity));
    show({ done, total, text });
  };
}

/** A progress bar with a line of text, in HTML. The bar of an unknown total only moves. */
export function progressHtml({ done, total, text }: ProgressView): string {
  const value = Number.isFinite(total) ? ` value="${done}" max="${total}"` : "";
  return `<p><progress${value} style="width:16em"></progress> ${escapeHtml(text)}</p>`;
}
