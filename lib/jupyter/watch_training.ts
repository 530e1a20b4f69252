import type { Bundle } from "../display/bundle.ts";
import { learningCurvesFigure } from "../figures/charts/learning_curves.ts";
import { imageBundle } from "../figures/render/figure_bundle.ts";
import { runHeading } from "../figures/run_heading.ts";
import { formatEpoch, formatRun } from "../runs/display/text.ts";
import type { Run } from "../runs/run.ts";
import type { Callback } from "../training/callbacks/callback.ts";
import { adviseOptions } from "../training/config/advice.ts";
import { type FitResult, formatProgress, type Progress } from "../training/loop/progress.ts";
import type { TrainOptions } from "../training/options.ts";
import { kernel, nextInterrupt } from "./kernel.ts";
import { LiveOutput } from "./live_output.ts";
import { type ProgressView, throttle, watchActivities } from "./progress_bar.ts";
import { printOutput } from "./show.ts";
import { trainingBundle, type TrainingView } from "./training_bundle.ts";

/** The options of `train` that show a training in a notebook. */
export interface TrainingWatch extends Pick<TrainOptions, "signal" | "onMessage" | "onPrepare"> {
  /** Callbacks that update the display. */
  readonly callbacks: readonly Callback[];
}

/**
 * Shows the progress of a training: a progress bar, a row per epoch, and growing learning curves.
 * Interrupting the cell ends training after the current step; the kernel and the run remain, and the
 * last line says how to resume it. Outside notebooks it prints lines of text.
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
  return watchTrainingOf((run) => {
    const options = `{ run: ${JSON.stringify(run.directory)}, resume: true, ...watchTraining() }`;
    return `To resume this run: await train(${options})`;
  });
}

/**
 * Does what {@linkcode watchTraining} does.
 *
 * @param remedy Says how an interrupted run is resumed.
 */
export function watchTrainingOf(remedy: (run: Run) => string): TrainingWatch {
  const signal = nextInterrupt();
  const watch = kernel ? drawTraining(signal, remedy) : printTraining(remedy);
  return signal ? { ...watch, signal } : watch;
}

function drawTraining(
  signal: AbortSignal | undefined,
  remedy: (run: Run) => string,
): TrainingWatch {
  const state: TrainingView = { messages: [], history: [], bestEpoch: 0 };
  const [report, curves] = [new LiveOutput(), new LiveOutput()];
  const isDue = throttle(true);
  const draw = (): Promise<void> =>
    report.put(trainingBundle({ ...state, messages: [...state.messages, ...ending] }));
  const progress = (view: ProgressView): void => {
    if (signal?.aborted) return;
    state.now = view;
    if (isDue()) void draw();
  };
  let [last, ending]: [Progress | undefined, string[]] = [undefined, []];
  signal?.addEventListener("abort", () => {
    // The same signal also interrupts later cells, after this training has ended.
    if (state.run && state.run.record.status !== "running") return;
    // Before the run begins, the cell ends with an error, which says what to do.
    if (state.run) ending = ["Interrupted: training ends after this step."];
    state.now = undefined;
    void draw();
  }, { once: true });
  return {
    onMessage: (line) => {
      state.messages.push(adviseOptions(line));
      void draw();
    },
    onPrepare: watchActivities(progress),
    callbacks: [{
      onStart: (run) => {
        state.run = run;
        // Messages from the preparation are no longer of interest.
        state.messages.splice(0, Infinity, ...run.record.warnings.map(adviseOptions));
        state.now = undefined;
        void draw();
      },
      onStep: (step) => {
        last = step;
        progress({
          done: stepsDone(step),
          total: step.epochs * step.steps,
          text: `Training: ${formatProgress(step)}`,
        });
      },
      onEpoch: async (line, best) => {
        state.history.push(line);
        if (best) state.bestEpoch = line.epoch;
        state.now = undefined;
        await draw();
        await curves.put(await curvesBundle(state));
      },
      onEnd: async (result) => {
        if (!isInterrupted(result) || !state.run) return;
        ending = [interruption(state.run, last, remedy)];
        state.now = undefined;
        await draw();
      },
    }],
  };
}

function isInterrupted(result: FitResult | undefined): boolean {
  return result?.stopped === "interrupted";
}

/** Says where training was interrupted, and how to resume it. */
function interruption(
  run: Run,
  last: Progress | undefined,
  remedy: (run: Run) => string,
): string {
  const place = last
    ? `in epoch ${last.epoch} of ${last.epochs}, after step ${last.step} of ${last.steps}`
    : "before the first step";
  return `Interrupted ${place}. ${remedy(run)}`;
}

function stepsDone({ epoch, step, steps }: Progress): number {
  return (epoch - 1) * steps + step;
}

function curvesBundle({ run, history, bestEpoch }: TrainingView): Promise<Bundle> {
  const subtitle = run ? runHeading(run.record) : "";
  return imageBundle(learningCurvesFigure(history, { subtitle, bestEpoch }));
}

function printTraining(remedy: (run: Run) => string): TrainingWatch {
  const isDue = throttle(false);
  let run: Run | undefined;
  let last: Progress | undefined;
  return {
    onMessage: (line) => printOutput(adviseOptions(line)),
    onPrepare: watchActivities(({ text }) => {
      if (isDue()) printOutput(text);
    }),
    callbacks: [{
      onStart: (started) => {
        run = started;
        [...formatRun(run), ...run.record.warnings.map(adviseOptions)].forEach(printOutput);
      },
      onStep: (step) => {
        last = step;
        if (isDue()) printOutput(`Training: ${formatProgress(step)}`);
      },
      onEpoch: (line, best) => printOutput(formatEpoch(line, best)),
      onEnd: (result) => {
        if (isInterrupted(result) && run) printOutput(interruption(run, last, remedy));
      },
    }],
  };
}
