import { CommanderError } from "commander";
import { BrokenImageError } from "../data/dataset.ts";
import { FetchError } from "../data/downloads/remote_file.ts";
import { DataError } from "../data/errors.ts";
import { oneLine } from "../display/format.ts";
import { exitTemporaryFailure } from "../distributed/processes/exit_status.ts";
import { PrivateNetworkError } from "../distributed/processes/private_network.ts";
import { ClusterError } from "../engine/cluster.ts";
import { LibraryError, OutOfMemoryError } from "../engine/errors.ts";
import { OptionError } from "../errors.ts";
import { WriteError } from "../files/write.ts";
import { PythonError } from "../python/environment.ts";
import { RunError } from "../runs/run.ts";
import { TrainingError } from "../training/errors.ts";
import { WeightsError } from "../weights/errors.ts";
import { endBar, logError } from "./progress.ts";

/** A flag's value that is not allowed. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

/** The user ended the work; `advice` is a line that says how to go on. */
export class InterruptError extends Error {
  override readonly name = "InterruptError";

  /** Takes the advice and the status that the process ends with: 128 and the signal's number. */
  constructor(readonly advice?: string | undefined, readonly status = 130) {
    super("interrupted");
  }
}

/** Errors caused by the user's input, which are printed as one line. */
const inputErrors = [
  BrokenImageError,
  DataError,
  FetchError,
  LibraryError,
  OptionError,
  PrivateNetworkError,
  PythonError,
  RunError,
  UsageError,
  WeightsError,
];

/** Errors caused by the machine or the training, which are printed as one line. */
const machineErrors = [OutOfMemoryError, TrainingError, WriteError];

/** Error codes of system calls: the disk is full or read-only, or this user may not access a file. */
const machineCodes: readonly unknown[] = ["ENOSPC", "EDQUOT", "EROFS", "EACCES"];

/**
 * Ends the process after an error, with one line. The status is 2 for wrong input, 130 for Ctrl-C, 143 for
 * SIGTERM, 129 for SIGHUP, 75 (a temporary failure) if other workers are lost, and 1 for any other error.
 * With `VGG_DEBUG=1` the stack is printed too.
 */
export function endWithError(error: unknown): never {
  endBar();
  if (Deno.env.get("VGG_DEBUG") === "1") Deno.inspect(error).split("\n").forEach(logError);
  if (error instanceof CommanderError) {
    if (error.exitCode === 0) Deno.exit(0);
    if (error.code === "commander.help") Deno.exit(2); // Without a task it printed the help.
    return end(error.message.replace(/^error: /, ""), 2);
  }
  if (error instanceof InterruptError) return end(error.message, error.status, error.advice);
  if (error instanceof DOMException && error.name === "AbortError") return end("interrupted", 130);
  if (error instanceof ClusterError) return end(error.message, exitTemporaryFailure);
  const isMachineError = machineErrors.some((kind) => error instanceof kind) ||
    hasMachineCode(error);
  if (error instanceof Deno.errors.NotCapable) return end(explainPermission(error), 1);
  if (isMachineError) return end((error as Error).message, 1);
  if (inputErrors.some((kind) => error instanceof kind)) return end((error as Error).message, 2);
  return end(`${unexpected(error)} (an error of the program; VGG_DEBUG=1 shows its stack)`, 1);
}

/** Ends the process in the same way for errors that nothing waits for: of timers, listeners and promises. */
export function endWithUncaughtErrors(): void {
  globalThis.addEventListener("error", (event) => {
    event.preventDefault();
    endWithError(event.error ?? event.message);
  });
  globalThis.addEventListener("unhandledrejection", (event) => {
    event.preventDefault();
    endWithError(event.reason);
  });
}

/** What an error says that no class above stands for. */
function unexpected(error: unknown): string {
  if (!(error instanceof Error)) return `uncaught: ${String(error)}`;
  return error.message === "" ? error.name : `${error.name}: ${error.message}`;
}

/** Deno advises a flag that a task does not take. */
function explainPermission({ message }: Error): string {
  const [, path] = /^Requires write access to "(.*?)"/.exec(message) ?? [];
  if (path === undefined) return message.replace(/, run again with the --allow-\w+ flag$/, "");
  return `${path} may not be written by this task: only what its flags name, runs/ and data/ may, ` +
    "and nothing of the project's own source";
}

function hasMachineCode(error: unknown): boolean {
  return error instanceof Error && "code" in error && machineCodes.includes(error.code);
}

function end(message: string, status: number, advice?: string): never {
  logError(`error: ${oneLine(message)}`);
  if (advice !== undefined) logError(advice);
  Deno.exit(status);
}
