import type { EvaluateOptions } from "../evaluation/evaluate.ts";
import { nextInterrupt } from "./interrupts.ts";
import { kernel } from "./kernel.ts";
import { LiveOutput } from "./live_output.ts";
import { progressHtml, throttle } from "./progress_bar.ts";
import { printOutput } from "./show.ts";

/**
 * Shows an evaluation as it goes on; interrupting the cell ends it. Outside notebooks it prints
 * lines.
 *
 * @returns Options of one `evaluate`.
 *
 * @example
 * ```ts ignore
 * const evaluation = await evaluate(run, watchEvaluation());
 * ```
 */
export function watchEvaluation(): Pick<EvaluateOptions, "signal" | "onMessage" | "onProgress"> {
  const signal = nextInterrupt();
  const place = new LiveOutput();
  const due = throttle(kernel !== undefined);
  const tell = (text: string, html: string): void => {
    if (kernel) void place.put({ "text/plain": text, "text/html": html });
    else printOutput(text);
  };
  return {
    ...(signal ? { signal } : {}),
    onMessage: (line) => tell(line, progressHtml(0, 1, line)),
    onProgress: (done, total) => {
      const text = `${done} of ${total} images evaluated`;
      if (done === total) tell(text, `<p>${text}</p>`);
      else if (due()) tell(text, progressHtml(done, total, text));
    },
  };
}
