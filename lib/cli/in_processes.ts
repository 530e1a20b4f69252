import { join, resolve } from "@std/path";
import { folderName } from "../files/folder_name.ts";
import { isFile } from "../data/sources/folders.ts";
import { type ChildCommand, Children } from "../distributed/processes/children.ts";
import {
  endWithParent,
  exitTemporaryFailure,
  reasonOf,
  statusOf,
} from "../distributed/processes/exit_status.ts";
import { ownCommand } from "../distributed/processes/own_command.ts";
import {
  enterPrivateNetwork,
  inPrivateNetwork,
  requirePrivateNetwork,
} from "../distributed/processes/private_network.ts";
import { supervise } from "../distributed/processes/supervise.ts";
import { clusterVariable, localWorkers, readTFConfig } from "../distributed/processes/tf_config.ts";
import type { ClusterOptions } from "../engine/cluster.ts";
import { runFiles } from "../runs/run.ts";
import { defaults } from "../training/config/settings.ts";
import { newDirectory } from "../training/config/to_record.ts";
import { fetchPublished, isPublished } from "../weights/published.ts";
import { endWithError, UsageError } from "./errors.ts";
import { interruptible } from "./interrupt.ts";
import { logError, logOverProgress } from "./progress.ts";
import { showWaiting } from "./tell/waiting.ts";
import type { TrainFlags } from "./flags/train_flags.ts";

/** Environment variables that tell a process its role. Their value is the process id of its parent. */
const roleVariables = { network: "VGG_PRIVATE_NETWORK", worker: "VGG_SUPERVISOR" } as const;

/** Milliseconds within which all workers of a broken cluster have ended, with a margin. */
const clusterEndsWithin = 12_000;

/**
 * Trains in this process or, with `--workers` or `--restarts`, in child processes. They get the same
 * command line, and their role from the environment.
 *
 * @param train Trains in the process that calls it.
 */
export async function inProcesses(
  flags: TrainFlags,
  train: (flags: TrainFlags) => Promise<void>,
): Promise<void> {
  const supervisor = Deno.env.get(roleVariables.worker);
  const outside = Deno.env.get(roleVariables.network);
  if (supervisor) endWithParent(Number(supervisor));
  if (supervisor || !flags.workers && flags.restarts === 0) return await train(flags);
  if (!flags.workers) Deno.exitCode = await superviseOne(flags);
  else if (outside) Deno.exitCode = await superviseWorkers(flags, flags.workers, Number(outside));
  else Deno.exitCode = await startInPrivateNetwork(flags, flags.workers);
}

/** Downloads what is needed, and starts this command again in a private network without access to others. */
async function startInPrivateNetwork(flags: TrainFlags, workers: number): Promise<number> {
  if (Deno.env.get(clusterVariable)) {
    throw new UsageError(
      `workers come either from --workers or from ${clusterVariable}. ` +
        `Received: --workers ${workers} and ${clusterVariable}`,
    );
  }
  const { engine = "auto" } = flags.options.engine ?? {};
  if (!["auto", "tensorflow"].includes(engine)) {
    throw new UsageError(`--workers needs the engine tensorflow. Received: ${engine}`);
  }
  await requirePrivateNetwork();
  await interruptible((signal) => fetchNeeds(flags, signal));
  using children = new Children({ say: logError });
  const endings = await children.run([{
    name: "the process that starts the workers",
    words: inPrivateNetwork(ownCommand(Deno.args)),
    env: { [roleVariables.network]: String(Deno.pid) },
    hasTerminal: true,
  }]);
  if (endings[0]?.signal && !children.interrupted.aborted) logError(reasonOf(endings));
  return statusOf(endings);
}

/** Downloads the library and weights, which the workers cannot do from their private network. */
async function fetchNeeds({ options }: TrainFlags, signal: AbortSignal): Promise<void> {
  const { readyLibrary } = await import("../engine/tensorflow/library/find_library.ts");
  const { weights, engine } = options;
  const hooks = { onMessage: logError, signal };
  const waiting = showWaiting();
  await readyLibrary({ refuse: engine?.native === false, ...hooks, onPrepare: waiting.at })
    .finally(() => waiting.end());
  if (weights && isPublished(weights)) await fetchPublished(weights, hooks);
}

/** Starts the workers in the private network of this process. */
async function superviseWorkers(
  flags: TrainFlags,
  workers: number,
  outside: number,
): Promise<number> {
  using children = new Children({ say: logOverProgress });
  endWithParent(outside, () => {
    children.kill();
    Deno.exit(exitTemporaryFailure);
  });
  enterPrivateNetwork();
  const { words, canResume } = trainCommand(flags);
  return await supervise({
    children,
    commands: (resume) => localWorkers(workers, words(resume)).map(asWorker),
    restarts: flags.restarts,
    canResume,
    say: logOverProgress,
  });
}

/** Starts one process that trains: alone, or as the worker that `TF_CONFIG` names. */
async function superviseOne(flags: TrainFlags): Promise<number> {
  const [program = ""] = ownCommand([]);
  if (Deno.permissions.querySync({ name: "run", command: program }).state !== "granted") {
    throw new UsageError(
      `--restarts may not start ${program}: put its folder into PATH, or run ` +
        "deno run -A lib/cli.ts train",
    );
  }
  using children = new Children({ say: logOverProgress });
  const index = clusterOfEnvironment()?.index;
  const name = index === undefined ? "the training" : `worker ${index}`;
  const { words, canResume } = trainCommand(flags);
  // The run's folder is the chief's, which may be on another machine; the others need their own data.
  const isChief = !index;
  return await supervise({
    children,
    commands: (resume) => [
      asWorker({ name, words: words(resume && isChief), hasTerminal: true }),
    ],
    restarts: flags.restarts,
    canResume: isChief ? canResume : (): Promise<boolean> => Promise.resolve(true),
    // A worker that restarts before the others have noticed the loss would join the broken cluster.
    ...(index === undefined ? {} : { pause: clusterEndsWithin }),
    say: logOverProgress,
  });
}

function asWorker(command: ChildCommand): ChildCommand {
  return { ...command, env: { ...command.env, [roleVariables.worker]: String(Deno.pid) } };
}

/** Returns the command of a process that trains. It names the run's folder if it may have to resume. */
function trainCommand({ options, restarts, resumeWords }: TrainFlags): {
  readonly words: (resuming: boolean) => string[];
  readonly canResume: () => Promise<boolean>;
} {
  const [task = "", ...flags] = Deno.args;
  const { run, data = defaults.data, resume } = options;
  const isNew = run === undefined && !resume && restarts > 0;
  // Absolute, because a relative path on a command line is relative to the user's folder.
  const directory = isNew ? resolve(newDirectory(folderName(data))) : run;
  const chosen = isNew ? ["--run", directory!] : [];
  return {
    // With --resume, flags of the run's settings are not allowed.
    words: (resuming) =>
      ownCommand([task, ...chosen, ...(resuming ? ["--resume", ...resumeWords] : flags)]),
    canResume: async () =>
      directory !== undefined && await isFile(join(directory, runFiles.record)),
  };
}

/**
 * Milliseconds in which a worker whose cluster broke may end by itself, having written what it was
 * writing. What it waits for may never come.
 */
const grace = 2500;

/** The cluster that the environment says this process is one of, if it does. */
export function clusterOfEnvironment(timeoutMinutes?: number): ClusterOptions | undefined {
  const text = Deno.env.get(clusterVariable);
  const place = text ? readTFConfig(text) : undefined;
  return place && {
    ...place,
    ...(timeoutMinutes === undefined ? {} : { timeoutMinutes }),
    onLost: (error) => setTimeout(() => endWithError(error), grace),
  };
}
