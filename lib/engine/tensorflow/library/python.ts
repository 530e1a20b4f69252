import { LibraryError } from "./errors.ts";

/** How {@linkcode runPython} runs. */
export interface PythonOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
}

/** What Python said. */
export interface PythonOutput {
  readonly success: boolean;
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * Runs the `python3` that the shell would take and waits for its end.
 *
 * @throws {LibraryError} Where there is none.
 * @throws {DOMException} `AbortError` where `signal` ended it.
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
      "python3 with pip is needed to fetch TensorFlow, and there is no python3: install it, or " +
        "name TensorFlow's library in VGG_TENSORFLOW",
    );
  }
}
