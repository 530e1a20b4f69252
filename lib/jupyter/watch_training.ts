import type { Bundle } from "../display/bundle.ts";
import { learningCurvesFigure } from "../figures/charts/learning_curves.ts";
import { imageBundle } from "../figures/render/figure_bundle.ts";
import { runHeading } from "../figures/run_heading.ts";
import type { Callback } from "../training/callbacks/callback.ts";
import { formatProgress, type Progress } from "../training/loop/progress.ts";
import { formatEpoch, formatRun } from "../runs/display/text.ts";
import type { TrainOptions } from "../training/train.ts";
import { nextInterrupt } from "./interrupts.ts";
import { kernel } from "./kernel.ts";
import { LiveOutput } from "./live_output.ts";
import { throttle } from "./progress_bar.ts";
import { printOutput } from "./show.ts";
import { trainingBundle, type TrainingView } from "./training_bundle.ts";

/** What shows a training, and what may end it. */
export interface TrainingWatch extends Pick<TrainOptions, "signal" | "onMessage" | "onPrepare"> {
  readonly callbacks: readonly Callback[];
}

/**
 * Shows a training as it goes on, in place: a progress bar, a row for each epoch, and learning
 * curves that grow. Interrupting the cell ends training after its step, with the kernel and the run
 * kept. Outside notebooks it prints lines.
 *
 * @returns Options of one `train`. Other callbacks go into the same list, beside `callbacks`.
 *
 * @example
 * ```ts ignore
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
  const due = throttle(true);
  const draw = (): Promise<void> => report.put(trainingBundle(state));
  const progress = (done: number, total: number, text: string): void => {
    state.now = { done, total, text };
    if (due()) void draw();
  };
  signal?.addEventListener("abort", () => {
    // Later cells are interrupted by the same signal.
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
        // What was readied is of no interest any more.
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
  const due = throttle(false);
  return {
    onMessage: printOutput,
    onPrepare: (done, total) => {
      if (due()) printOutput(`${done} of ${total} images`);
    },
    callbacks: [{
      onStart: (run) => [...formatRun(run), ...run.record.warnings].forEach(printOutput),
      onStep: (step) => {
        if (due()) printOutput(formatProgress(step));
      },
      onEpoch: (line, best) => printOutput(formatEpoch(line, best)),
    }],
  };
}
