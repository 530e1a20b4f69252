import { CommanderError } from "commander";
import { BrokenImageError } from "../data/dataset.ts";
import { FetchError } from "../files/remote/remote_file.ts";
import { DataError } from "../data/errors.ts";
import { oneLine } from "../display/format.ts";
import { exitTemporaryFailure } from "../distributed/processes/exit_status.ts";
import { PrivateNetworkError } from "../distributed/processes/private_network.ts";
import { ClusterError } from "../engine/cluster.ts";
import { LibraryError, OutOfMemoryError } from "../engine/errors.ts";
import { OptionError } from "../errors.ts";
import { ReadError } from "../files/read.ts";
import { WriteError } from "../files/write.ts";
import { PythonError } from "../python/run_python.ts";
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
const machineErrors = [OutOfMemoryError, ReadError, TrainingError, WriteError];

/**
 * Error codes of system calls: the disk is full, read-only or broken, this user may not access a file, or
 * too many files are open.
 */
const machineCodes: readonly unknown[] = [
  ...["ENOSPC", "EDQUOT", "EROFS", "EACCES", "EIO", "EMFILE", "ENFILE"],
];

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
  }
  const { message, status, advice } = describeError(error);
  logError(`error: ${oneLine(message)}`);
  if (advice !== undefined) logError(advice);
  Deno.exit(status);
}

/** How a task ends after an error. */
interface ErrorEnd {
  readonly message: string;
  readonly status: number;
  readonly advice?: string | undefined;
  /** Whether the error is one that no user or machine is known to cause. */
  readonly isUnexpected?: true;
}

/** What {@linkcode endWithError} prints, and the status that it ends with. */
export function describeError(error: unknown): ErrorEnd {
  if (error instanceof CommanderError) {
    return { message: error.message.replace(/^error: /, ""), status: 2 };
  }
  if (error instanceof InterruptError) return error;
  if (error instanceof DOMException && error.name === "AbortError") {
    return { message: "interrupted", status: 130 };
  }
  if (error instanceof ClusterError) {
    return { message: error.message, status: exitTemporaryFailure };
  }
  const isMachineError = machineErrors.some((kind) => error instanceof kind) ||
    hasMachineCode(error);
  if (error instanceof Deno.errors.NotCapable) {
    return { message: explainPermission(error), status: 1 };
  }
  if (isMachineError) return { message: (error as Error).message, status: 1 };
  if (inputErrors.some((kind) => error instanceof kind)) {
    return { message: (error as Error).message, status: 2 };
  }
  const message = `${unexpected(error)} (an error of the program; VGG_DEBUG=1 shows its stack)`;
  return { message, status: 1, isUnexpected: true };
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
