import { readLines } from "../files/read.ts";
import { programCommand, requireFound } from "../linker_variables.ts";

/** Python or pip failed; the message says why. */
export class PythonError extends Error {
  override readonly name = "PythonError";
}

/** How {@linkcode runPython} runs. */
interface PythonOptions {
  readonly env?: Record<string, string>;
  /** Called with each line of the output as it is written. */
  readonly onLine?: ((line: string) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** How {@linkcode callPython} runs. */
interface CallOptions extends Omit<PythonOptions, "env"> {
  /** Returns the message of an error, if it knows what Python wrote. */
  readonly explain?: (output: string) => string | undefined;
}

/** The command that stands for the system's Python, whatever that is called. */
export const systemPython = "python3";

/**
 * The names of the system's Python, of which the first that is there is run. On Windows `python` may be
 * Microsoft's stub, which only points to its store.
 */
const systemPythons: readonly string[] = Deno.build.os === "windows"
  ? ["python", "py"]
  : [systemPython];

/** The status of that stub. */
const stubStatus = 9009;

/**
 * Runs Python and returns its output, without white space at either end.
 *
 * @param command The interpreter.
 * @throws {PythonError} If it is missing, or fails; the message has its last error line.
 * @throws {DOMException} `AbortError` once `signal` is aborted.
 */
export async function callPython(
  command: string,
  args: readonly string[],
  { explain, ...options }: CallOptions = {},
): Promise<string> {
  // Otherwise compiled scripts would be left in the working tree.
  const env = { PYTHONDONTWRITEBYTECODE: "1" };
  const { success, out, err } = await runPython(command, args, { env, ...options });
  if (success) return out;
  // Some of Python's own tools write errors to the standard output.
  const lines = (err || out).split("\n").filter((line) => line.trim() !== "");
  const explained = explain?.(err);
  if (explained !== undefined) throw new PythonError(explained);
  const error = lines.findLast((line) => line.startsWith("ERROR")) ?? lines.at(-1) ?? "no output";
  throw new PythonError(`${command} ${args.slice(0, 2).join(" ")} failed: ${error}`);
}

/**
 * Runs Python and returns what it wrote, without white space at either end, and whether it succeeded.
 *
 * @param command The interpreter; {@linkcode systemPython} stands for the system's.
 * @throws {PythonError} If it is missing.
 * @throws {DOMException} `AbortError` once `signal` is aborted.
 */
export async function runPython(
  command: string,
  args: readonly string[],
  options: PythonOptions = {},
): Promise<PythonOutput> {
  return await runFirst(command === systemPython ? systemPythons : [command], args, options);
}

/** What Python wrote, and whether it succeeded. */
interface PythonOutput {
  readonly success: boolean;
  readonly out: string;
  readonly err: string;
}

/**
 * Runs the first of several programs that is there.
 *
 * @param stub The status of a program that is not counted as one.
 * @throws {PythonError} If none is, or all are stubs.
 */
export async function runFirst(
  commands: readonly string[],
  args: readonly string[],
  options: PythonOptions = {},
  stub = stubStatus,
): Promise<PythonOutput> {
  let missing: PythonError | undefined;
  for (const command of commands) {
    try {
      const { code, ...output } = await runCommand(command, args, options);
      if (code !== stub) return output;
      missing = new PythonError("Python 3 with venv must be installed. Received: a link to a shop");
    } catch (error) {
      if (!(error instanceof PythonError)) throw error;
      missing = error;
    }
  }
  throw missing!;
}

async function runCommand(
  command: string,
  args: readonly string[],
  { env = {}, onLine, signal }: PythonOptions,
): Promise<PythonOutput & { readonly code: number }> {
  const python = programCommand(command, args, {
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
    // On Windows, names in its output would be in the code page of the user's language.
    env: { PYTHONIOENCODING: "utf-8", ...env },
    ...(signal ? { signal } : {}),
  });
  try {
    const process = python.spawn();
    const [{ success, code }, out, err] = await Promise.all([
      process.status,
      textOf(process.stdout, onLine),
      textOf(process.stderr),
    ]);
    requireFound(command, code);
    signal?.throwIfAborted();
    return { success, code, out, err };
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    throw new PythonError(`Python 3 with venv must be installed. Received: ${error.message}`);
  }
}

/** Reads a stream to its end, without white space at either end. */
async function textOf(
  stream: ReadableStream<Uint8Array<ArrayBuffer>>,
  onLine?: (line: string) => void,
): Promise<string> {
  const lines: string[] = [];
  for await (const line of readLines(stream)) {
    lines.push(line);
    onLine?.(line);
  }
  return lines.join("\n").trim();
}
