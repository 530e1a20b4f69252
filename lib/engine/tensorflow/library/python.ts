import { pathVariable } from "./environment.ts";
import { LibraryError } from "../../errors.ts";

/** How {@linkcode runPython} runs. */
export interface PythonOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
}

/** The result of {@linkcode runPython}. */
export interface PythonOutput {
  readonly success: boolean;
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * Runs the `python3` of the `PATH` and waits until it exits.
 *
 * @throws {LibraryError} If there is none.
 * @throws {DOMException} `AbortError` once `signal` is aborted.
 */
export async function runPython(
  args: readonly string[],
  { env, signal }: PythonOptions = {},
): Promise<PythonOutput> {
  const output = await start(args, { ...(env ? { env } : {}), ...(signal ? { signal } : {}) });
  signal?.throwIfAborted();
  const decoder = new TextDecoder();
  return {
    success: output.success,
    stdout: decoder.decode(output.stdout),
    stderr: decoder.decode(output.stderr),
  };
}

async function start(
  args: readonly string[],
  options: Deno.CommandOptions,
): Promise<Deno.CommandOutput> {
  try {
    const command = new Deno.Command("python3", {
      ...options,
      args: [...args],
      stdin: "null",
      stdout: "piped",
      stderr: "piped",
    });
    return await command.output();
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    throw new LibraryError(
      "fetching TensorFlow needs python3 with pip, and there is no python3: install it, or " +
        `set ${pathVariable} to TensorFlow's library`,
    );
  }
}
