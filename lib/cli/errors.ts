import { CommanderError } from "commander";
import { exitTemporaryFailure } from "../distributed/processes/exit_status.ts";
import { PrivateNetworkError } from "../distributed/processes/private_network.ts";
import { BrokenImageError } from "../data/dataset.ts";
import { DataError } from "../data/errors.ts";
import { ClusterError } from "../engine/cluster.ts";
import { OutOfMemoryError } from "../engine/errors.ts";
import { FetchError } from "../files/remote_file.ts";
import { WriteError } from "../files/write_error.ts";
import { LibraryError } from "../engine/tensorflow/library/errors.ts";
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
  PrivateNetworkError,
  PythonError,
  RangeError,
  RunError,
  UsageError,
  WeightsError,
];

/** Errors that the machine or the training causes, about which a line says it all as well. */
const machinesErrors = [Deno.errors.NotCapable, OutOfMemoryError, TrainingError, WriteError];

/**
 * Ends the process for an error: with status 2 and one line for what the user gave, 130 for Ctrl-C,
 * 75 (that of a failure that may pass) where other workers are lost, 1 for training that failed. An
 * error that is nobody's input shows where it came from.
 */
export function endWithError(error: unknown): never {
  if (error instanceof CommanderError) {
    if (error.exitCode === 0) Deno.exit(0);
    if (error.code === "commander.help") Deno.exit(2); // It showed the help for want of a task.
    return end(error.message.replace(/^error: /, "").replace(/\n/g, " "), 2);
  }
  if (error instanceof DOMException && error.name === "AbortError") return end("interrupted", 130);
  if (error instanceof ClusterError) return end(error.message, exitTemporaryFailure);
  const isOfMachine = machinesErrors.some((kind) => error instanceof kind) || isFull(error);
  if (isOfMachine) return end((error as Error).message, 1);
  if (usersErrors.some((kind) => error instanceof kind)) return end((error as Error).message, 2);
  throw error;
}

function isFull(error: unknown): error is Error {
  return error instanceof Error && /os error (28|30|13)\b/.test(error.message);
}

function end(message: string, status: number): never {
  // deno-lint-ignore no-console -- the command line's place to speak.
  console.error(`error: ${message}`);
  Deno.exit(status);
}
