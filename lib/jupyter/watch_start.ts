import { markup } from "../display/markup.ts";
import type { EngineOptions } from "../engine/engine.ts";
import { watchStartsBy } from "../engine/use_engine.ts";
import { kernel, nextInterrupt } from "./kernel.ts";
import { LiveOutput } from "./live_output.ts";
import { progressHtml, throttle, watchActivities } from "./progress_bar.ts";

// Without it, a cell that calls `useEngine()` would show nothing for minutes while TensorFlow is downloaded.
if (kernel) watchStartsBy(watchStart);

/** Shows the download of TensorFlow in the running cell, and ends it when the cell is interrupted. */
function watchStart(): Pick<EngineOptions, "onPrepare" | "signal"> {
  const signal = nextInterrupt();
  const output = new LiveOutput();
  const isDue = throttle(true);
  return {
    ...(signal ? { signal } : {}),
    onPrepare: watchActivities((view) => {
      const { done, total, text } = view;
      const isEnd = done >= total;
      if (!isEnd && !isDue()) return;
      const html = isEnd ? markup`<p>${text}</p>`.text : progressHtml(view);
      void output.put({ "text/plain": text, "text/html": html });
    }),
  };
}
