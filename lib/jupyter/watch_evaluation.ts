import type { EvaluateOptions } from "../evaluation/evaluate.ts";
import { kernel, nextInterrupt } from "./kernel.ts";
import { LiveOutput } from "./live_output.ts";
import { progressHtml, throttle } from "./progress_bar.ts";
import { printOutput } from "./show.ts";

/**
 * Shows the progress of an evaluation; interrupting the cell ends it. Outside notebooks it prints
 * lines of text.
 *
 * @returns Options for one call of `evaluate`.
 *
 * @example
 * ```ts ignore
 * import { evaluate, watchEvaluation } from "vgg";
 *
 * const evaluation = await evaluate("runs/mine", watchEvaluation());
 * ```
 */
export function watchEvaluation(): Pick<EvaluateOptions, "signal" | "onMessage" | "onProgress"> {
  const signal = nextInterrupt();
  const output = new LiveOutput();
  const isDue = throttle(kernel !== undefined);
  const update = (text: string, html: string): void => {
    if (kernel) void output.put({ "text/plain": text, "text/html": html });
    else printOutput(text);
  };
  return {
    ...(signal ? { signal } : {}),
    onMessage: (line) => update(line, progressHtml(0, 1, line)),
    onProgress: (done, total) => {
      const text = `${done} of ${total} images evaluated`;
      if (done === total) update(text, `<p>${text}</p>`);
      else if (isDue()) update(text, progressHtml(done, total, text));
    },
  };
}
