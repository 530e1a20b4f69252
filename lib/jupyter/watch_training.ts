import type { Bundle } from "../display/bundle.ts";
import { learningCurvesFigure } from "../figures/charts/learning_curves.ts";
import { imageBundle } from "../figures/render/figure_bundle.ts";
import { runHeading } from "../figures/run_heading.ts";
import { formatEpoch, formatRun } from "../runs/display/text.ts";
import type { Callback } from "../training/callbacks/callback.ts";
import { formatProgress, type Progress } from "../training/loop/progress.ts";
import type { TrainOptions } from "../training/options.ts";
import { kernel, nextInterrupt } from "./kernel.ts";
import { LiveOutput } from "./live_output.ts";
import { throttle } from "./progress_bar.ts";
import { printOutput } from "./show.ts";
import { trainingBundle, type TrainingView } from "./training_bundle.ts";

/** The options of `train` that show a training in a notebook. */
export interface TrainingWatch extends Pick<TrainOptions, "signal" | "onMessage" | "onPrepare"> {
  /** Callbacks that update the display. */
  readonly callbacks: readonly Callback[];
}

/**
 * Shows the progress of a training: a progress bar, a row per epoch, and growing learning curves.
 * Interrupting the cell ends training after the current step; the kernel and the run remain. Outside
 * notebooks it prints lines of text.
 *
 * @returns Options for one call of `train`. To add callbacks, append them to the list `callbacks`.
 *
 * @example
 * ```ts ignore
 * import { train, watchTraining } from "vgg";
 *
 * const run = await train({ data: "drawn10", ...watchTraining() });
 * ```
 */
export function watchTraining(): TrainingWatch {
  const signal = nextInterrupt();
  const watch = kernel ? drawTraining(signal) : printTraining();
  return signal ? { ...watch, signal } : watch;
}

function drawTraining(signal: AbortSignal | undefined): TrainingWatch {
  const state: TrainingView = { messages: [], history: [], bestEpoch: 0 };
  const [report, curves] = [new LiveOutput(), new LiveOutput()];
  const isDue = throttle(true);
  const draw = (): Promise<void> => report.put(trainingBundle(state));
  const progress = (done: number, total: number, text: string): void => {
    state.now = { done, total, text };
    if (isDue()) void draw();
  };
  signal?.addEventListener("abort", () => {
    // The same signal also interrupts later cells, after this training has ended.
    if (state.run && state.run.record.status !== "running") return;
    state.messages.push(state.run ? "Interrupted: training ends after this step." : "Interrupted.");
    state.now = undefined;
    void draw();
  }, { once: true });
  return {
    onMessage: (line) => {
      state.messages.push(line);
      void draw();
    },
    onPrepare: (done, total) => progress(done, total, `${done} of ${total} images`),
    callbacks: [{
      onStart: (run) => {
        state.run = run;
        // Messages from the preparation are no longer of interest.
        state.messages.splice(0, Infinity, ...run.record.warnings);
        state.now = undefined;
        void draw();
      },
      onStep: (step) => progress(stepsDone(step), step.epochs * step.steps, formatProgress(step)),
      onEpoch: async (line, best) => {
        state.history.push(line);
        if (best) state.bestEpoch = line.epoch;
        state.now = undefined;
        await draw();
        await curves.put(await curvesBundle(state));
      },
    }],
  };
}

function stepsDone({ epoch, step, steps }: Progress): number {
  return (epoch - 1) * steps + step;
}

function curvesBundle({ run, history, bestEpoch }: TrainingView): Promise<Bundle> {
  const subtitle = run ? runHeading(run.record) : "";
  return imageBundle(learningCurvesFigure(history, { subtitle, bestEpoch }));
}

function printTraining(): TrainingWatch {
  const isDue = throttle(false);
  return {
    onMessage: printOutput,
    onPrepare: (done, total) => {
      if (isDue()) printOutput(`${done} of ${total} images`);
    },
    callbacks: [{
      onStart: (run) => [...formatRun(run), ...run.record.warnings].forEach(printOutput),
      onStep: (step) => {
        if (isDue()) printOutput(formatProgress(step));
      },
      onEpoch: (line, best) => printOutput(formatEpoch(line, best)),
    }],
  };
}
