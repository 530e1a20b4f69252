import { CommanderError } from "commander";
import { exitTemporaryFailure } from "../distributed/processes/exit_status.ts";
import { PrivateNetworkError } from "../distributed/processes/private_network.ts";
import { BrokenImageError } from "../data/dataset.ts";
import { DataError } from "../data/errors.ts";
import { ClusterError } from "../engine/cluster.ts";
import { LibraryError, OutOfMemoryError } from "../engine/errors.ts";
import { OptionError } from "../errors.ts";
import { FetchError } from "../data/downloads/remote_file.ts";
import { WriteError } from "../files/write.ts";
import { PythonError } from "../python/environment.ts";
import { RunError } from "../runs/run.ts";
import { TrainingError } from "../training/errors.ts";
import { WeightsError } from "../weights/errors.ts";

/** A flag's value that is not allowed. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

/** Errors that the user's input causes: a line says it all. */
const usersErrors = [
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

/** Errors that the machine or the training causes, about which a line says it all as well. */
const machinesErrors = [Deno.errors.NotCapable, OutOfMemoryError, TrainingError, WriteError];

/** How a system call says that a disk is full or read-only, or that this user may not use a file. */
const machinesCodes: readonly unknown[] = ["ENOSPC", "EDQUOT", "EROFS", "EACCES"];

/**
 * Ends the process for an error: with status 2 and one line for what the user gave, 130 for Ctrl-C,
 * 75 (that of a failure that may pass) where other workers are lost, 1 for training that failed. An
 * error that is nobody's input shows where it came from; with `VGG_DEBUG=1` all do.
 */
export function endWithError(error: unknown): never {
  if (Deno.env.get("VGG_DEBUG") === "1") tell(Deno.inspect(error));
  if (error instanceof CommanderError) {
    if (error.exitCode === 0) Deno.exit(0);
    if (error.code === "commander.help") Deno.exit(2); // It showed the help for want of a task.
    return end(error.message.replace(/^error: /, "").replace(/\n/g, " "), 2);
  }
  if (error instanceof DOMException && error.name === "AbortError") return end("interrupted", 130);
  if (error instanceof ClusterError) return end(error.message, exitTemporaryFailure);
  const isOfMachine = machinesErrors.some((kind) => error instanceof kind) ||
    hasMachinesCode(error);
  if (isOfMachine) return end((error as Error).message, 1);
  if (usersErrors.some((kind) => error instanceof kind)) return end((error as Error).message, 2);
  throw error;
}

function hasMachinesCode(error: unknown): boolean {
  return error instanceof Error && "code" in error && machinesCodes.includes(error.code);
}

function end(message: string, status: number): never {
  tell(`error: ${message}`);
  Deno.exit(status);
}

function tell(text: string): void {
  // deno-lint-ignore no-console -- the command line's place to speak.
  console.error(text);
}
