import type { Command } from "commander";
import { keepWhole } from "../display/fit_columns.ts";
import { formatFlops, plural, shellWords } from "../display/format.ts";
import { joinTraining } from "../distributed/join_training.ts";
import { leaveCluster } from "../distributed/serve_chief.ts";
import { statusOfSignal } from "../distributed/processes/end_signals.ts";
import type { ClusterOptions } from "../engine/cluster.ts";
import { formatEpoch, formatRun } from "../runs/display/text.ts";
import { openRun, type Run } from "../runs/run.ts";
import { hasHeldOut } from "../runs/run_record.ts";
import type { Callback } from "../training/callbacks/callback.ts";
import { TrainingError } from "../training/errors.ts";
import { formatProgress } from "../training/loop/progress.ts";
import { train } from "../training/train.ts";
import { evaluateAndPrint } from "./evaluate.ts";
import { drawAll } from "./figures.ts";
import { clusterOfEnvironment, inProcesses } from "./in_processes.ts";
import { InterruptError } from "./errors.ts";
import { endedBy, interruptible, isEnding, refreshAdvice } from "./interrupt.ts";
import { pathForUser } from "./flags/paths.ts";
import { againText, continueText, taskCommand } from "./flags/task_command.ts";
import {
  log,
  logError,
  logLines,
  type ProgressLine,
  startProgress,
  terminalColumns,
} from "./progress.ts";
import { addTensorBoardImages, tensorBoardCallbacks } from "./tensorboard.ts";
import { showWaiting, type Waiting } from "./tell/waiting.ts";
import { addTrainFlags, readTrainFlags, type TrainFlags } from "./flags/train_flags.ts";
import { commandPrefix } from "../command_line.ts";
import { projectFolder } from "../project_folder.ts";

/** Adds the command `train`: trains, then evaluates and draws. */
export function addTrainCommand(program: Command): void {
  const command = program.command("train")
    .description(
      "Train a VGG net, evaluate it, and draw the paper's figures into a run's folder.",
    );
  addTrainFlags(command).action(() => inProcesses(readTrainFlags(command), run));
}

async function run(flags: TrainFlags): Promise<void> {
  const cluster = clusterOfEnvironment(flags.clusterTimeout);
  if (cluster && cluster.index > 0) return await runWorker(flags, cluster);
  await runChief(flags, cluster);
  await leaveCluster();
}

/** Trains, evaluates and draws; with a cluster, as its chief. */
async function runChief(flags: TrainFlags, cluster: ClusterOptions | undefined): Promise<void> {
  const { resume, run, changes } = flags.options;
  const wasComplete = resume && run && changes?.epochs === undefined && await isComplete(run);
  let started: Run | undefined;
  const trained = await interruptible(
    (signal) => trainAndTell(flags, signal, cluster, (run) => started = run),
    { advice: () => started ? resumeText(started) : againText() },
  );
  if (wasComplete) return;
  const isUnfinished = trained.record.status === "interrupted";
  // A signal after the last step finds nothing in training to interrupt.
  const isInterrupted = isUnfinished || isEnding();
  if (isInterrupted) Deno.exitCode = statusOfSignal(endedBy());
  // Whoever sends SIGTERM or SIGHUP kills soon.
  if (!isInterrupted || endedBy() === "SIGINT") {
    await evaluateAndDraw(trained, flags, isInterrupted);
  } else if (!isUnfinished) logError(continueText(["evaluate", ...runFlag(trained)]));
  if (isUnfinished) logError(resumeText(trained));
}

/** Evaluates and draws what was trained, and says what to do next. */
async function evaluateAndDraw(
  trained: Run,
  { tensorboard }: TrainFlags,
  isInterrupted: boolean,
): Promise<void> {
  const { directory, record: { result, data, status } } = trained;
  if (!result || result.best_epoch === 0) {
    return logError(`No epoch was finished; ${directory} holds the last weights.`);
  }
  const run = runFlag(trained);
  const advice = (task: string): () => string => () =>
    status === "interrupted" ? resumeText(trained) : continueText([task, ...run]);
  if (isInterrupted) {
    logError(`Evaluating the best of ${plural(result.epochs, "epoch")} (Ctrl-C ends it) …`);
  }
  if (hasHeldOut(data)) {
    await evaluateAndPrint(trained, {}, advice("evaluate"));
    if (isEnding()) throw new InterruptError(advice("figures")(), statusOfSignal(endedBy()));
    await drawAll(directory, undefined, advice("figures"));
    await addTensorBoardImages(trained, tensorboard);
  } else {
    logError(
      "No validation images: nothing to evaluate, and the last epoch's weights count as the best.",
    );
    await drawAll(directory, ["architecture", "learning_curves"], advice("figures"));
  }
  if (result.flops !== undefined) log(`arithmetic ${formatFlops(result.flops)} of training`);
  log(`run        ${keepWhole(pathForUser(directory))}`);
  if (isInterrupted) return;
  const notebooks = projectFolder === undefined ? [] : [["notebooks"]];
  const next = [["report", ...run], ["predict", ...run, "PICTURES"], ...notebooks];
  logLines(`next       ${next.map(taskCommand).join("\n           ")}`);
}

/** Trains as a worker that is not the chief. It prints only messages of its own. */
async function runWorker(flags: TrainFlags, cluster: ClusterOptions): Promise<void> {
  // With a chief on the same machine, the messages would be duplicates.
  const onMessage = flags.workers ? (): void => {} : logError;
  onMessage(
    `worker     ${cluster.index} of ${cluster.workers.length}; the chief is ${cluster.workers[0]}`,
  );
  const { run: _, resume: __, ...options } = flags.options;
  const stopped = await interruptible((signal) =>
    joinTraining({ ...options, cluster, signal, onMessage })
  );
  if (stopped === "interrupted") Deno.exitCode = statusOfSignal(endedBy());
}

function runFlag({ directory }: Run): string[] {
  return ["--run", pathForUser(directory)];
}

function resumeText(run: Run): string {
  return continueText(["train", ...runFlag(run), "--resume"]);
}

/** Whether a run is finished, and evaluated since it was begun or trained on. */
async function isComplete(directory: string): Promise<boolean> {
  const run = await openRun(directory);
  const { status, data, resumed = [] } = run.record;
  if (status !== "finished") return false;
  if (!hasHeldOut(data)) return true;
  const written = await Deno.stat(run.path("evaluation")).catch(() => undefined);
  const extended = resumed.findLast(({ epochs }) => epochs !== undefined);
  return written !== undefined && (!extended || (written.mtime ?? 0) >= new Date(extended.at));
}

async function trainAndTell(
  flags: TrainFlags,
  signal: AbortSignal,
  cluster: ClusterOptions | undefined,
  onStart: (run: Run) => void,
): Promise<Run> {
  const waiting = showWaiting();
  const training = startProgress("Training");
  let started: Run | undefined;
  try {
    return await train({
      command: `${commandPrefix} ${shellWords(Deno.args)}`,
      ...flags.options,
      ...(cluster ? { cluster } : {}),
      signal,
      onMessage: (line) => {
        waiting.end();
        logError(line);
      },
      onPrepare: waiting.at,
      onStart: (run) => {
        started = run;
        onStart(run);
        refreshAdvice();
      },
      callbacks: [
        displayTraining(waiting, training),
        ...tensorBoardCallbacks(flags.tensorboard),
      ],
    });
  } catch (error) {
    training.end();
    // Resuming a training that diverged would diverge again.
    const isAbort = error instanceof DOMException; // Whose advice comes with it.
    if (started && !isAbort && !(error instanceof TrainingError)) logError(resumeText(started));
    throw error;
  } finally {
    waiting.end();
    training.end();
  }
}

function displayTraining(waiting: Waiting, training: ProgressLine): Callback {
  return {
    onStart: (run) => {
      waiting.end();
      for (const line of formatRun(run)) log(line);
      for (const warning of run.record.warnings) logError(`warning    ${warning}`);
    },
    onStep: (progress) => training.at(progress.step, progress.steps, formatProgress(progress)),
    onEpoch: (line, best) => {
      waiting.end();
      training.end();
      logLines(formatEpoch(line, best, terminalColumns(Deno.stdout)));
    },
  };
}
