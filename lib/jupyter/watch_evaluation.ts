import { markup } from "../display/markup.ts";
import type { EvaluateOptions } from "../evaluation/evaluate.ts";
import { adviseOptions } from "../training/config/advice.ts";
import { kernel, nextInterrupt } from "./kernel.ts";
import { LiveOutput } from "./live_output.ts";
import { progressHtml, throttle, watchActivities } from "./progress_bar.ts";
import { printOutput } from "./show.ts";

/**
 * Shows the progress of an evaluation, and at its end which images were measured; interrupting the cell
 * ends it. Outside notebooks it prints lines of text.
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
export function watchEvaluation(): Pick<
  EvaluateOptions,
  "signal" | "onMessage" | "onPrepare" | "onProgress"
> {
  const signal = nextInterrupt();
  const output = new LiveOutput();
  const isDue = throttle(kernel !== undefined);
  const update = (text: string, html: string): void => {
    if (kernel) void output.put({ "text/plain": text, "text/html": html });
    else printOutput(text);
  };
  const told: string[] = [];
  const onActivity = watchActivities((view) => {
    if (isDue()) update(view.text, progressHtml(view));
  });
  const end = (text: string): void => {
    const html = [...told, text].map((line) => markup`<p>${line}</p>`.text).join("");
    update(kernel ? [...told, text].join("\n") : text, html);
  };
  return {
    ...(signal ? { signal } : {}),
    onMessage: (line) => {
      const text = adviseOptions(line);
      told.push(text);
      update(text, markup`<p>${text}</p>`.text);
    },
    onPrepare: onActivity,
    onProgress: (done, total) => {
      if (done === total) end(`${done} of ${total} images evaluated`);
      else onActivity(done, total, { verb: "Evaluating", unit: "images" });
    },
  };
}
