import { CommanderError } from "commander";
import { BrokenImageError } from "../data/dataset.ts";
import { FetchError } from "../data/downloads/remote_file.ts";
import { DataError } from "../data/errors.ts";
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

  constructor(readonly advice?: string | undefined) {
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
const machineErrors = [Deno.errors.NotCapable, OutOfMemoryError, TrainingError, WriteError];

/** Error codes of system calls: the disk is full or read-only, or this user may not access a file. */
const machineCodes: readonly unknown[] = ["ENOSPC", "EDQUOT", "EROFS", "EACCES"];

/**
 * Ends the process after an error. The status is 2 for wrong input, 130 for Ctrl-C, 75 (a temporary failure)
 * if other workers are lost, and 1 if training failed or the machine is the cause: these errors are printed
 * as one line. Any other error is thrown with its stack; with `VGG_DEBUG=1` all stacks are printed.
 */
export function endWithError(error: unknown): never {
  endBar();
  if (Deno.env.get("VGG_DEBUG") === "1") logError(Deno.inspect(error));
  if (error instanceof CommanderError) {
    if (error.exitCode === 0) Deno.exit(0);
    if (error.code === "commander.help") Deno.exit(2); // Without a task it printed the help.
    return end(error.message.replace(/^error: /, "").replace(/\n/g, " "), 2);
  }
  if (error instanceof InterruptError) return end(error.message, 130, error.advice);
  if (error instanceof DOMException && error.name === "AbortError") return end("interrupted", 130);
  if (error instanceof ClusterError) return end(error.message, exitTemporaryFailure);
  const isMachineError = machineErrors.some((kind) => error instanceof kind) ||
    hasMachineCode(error);
  if (isMachineError) return end((error as Error).message, 1);
  if (inputErrors.some((kind) => error instanceof kind)) return end((error as Error).message, 2);
  throw error;
}

function hasMachineCode(error: unknown): boolean {
  return error instanceof Error && "code" in error && machineCodes.includes(error.code);
}

function end(message: string, status: number, advice?: string): never {
  logError(`error: ${message}`);
  if (advice !== undefined) logError(advice);
  Deno.exit(status);
}
