import { clearMemory, memoryRoot, takeOpenFiles } from "./memory_files.ts";
import type { Bytes } from "./mutate.ts";
import type { Target } from "./target.ts";

/** What a reader made of an input: it read it, or refused it as it should. */
export type Outcome = "read" | "refused";

/** Milliseconds that an input may take, on a machine that does other work beside. */
const mostMilliseconds = 90_000;

/**
 * Has a target read an input in a folder of its own; memory must be mounted.
 *
 * @throws Where it does what it must not: another error, a message of several lines or that does not
 *   name the file, a file that stays open, or more time than any such file is worth.
 */
export async function attempt(target: Target, input: Bytes): Promise<Outcome> {
  clearMemory();
  takeOpenFiles();
  const began = performance.now();
  const outcome = target.files === "folder"
    ? await inFolder((folder) => outcomeOf(target, input, folder))
    : await outcomeOf(target, input, memoryRoot);
  const took = performance.now() - began;
  if (took > mostMilliseconds) throw new Error(`it took ${took.toFixed()} ms`);
  const open = takeOpenFiles();
  if (open !== 0) throw new Error(`it left ${open} files open`);
  return outcome;
}

async function inFolder(use: (folder: string) => Promise<Outcome>): Promise<Outcome> {
  const folder = await Deno.makeTempDir({ prefix: "vgg-fuzz-" });
  try {
    return await use(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

async function outcomeOf(target: Target, input: Bytes, folder: string): Promise<Outcome> {
  try {
    await target.read(input, folder);
    return "read";
  } catch (error) {
    requireTold(target, error);
    return "refused";
  }
}

function requireTold(target: Target, error: unknown): void {
  const told = target.errors.some((type) => error instanceof type);
  if (!told) throw new Error(`it threw ${describe(error)}`, { cause: error });
  const { message } = error as Error;
  // deno-lint-ignore no-control-regex -- what steers terminals is what must not be there
  if (/[\x00-\x1f\x7f]/.test(message) || message.length > 4000) {
    throw new Error(`its message is not one line: ${JSON.stringify(message.slice(0, 500))}`);
  }
  if (target.names && !target.names.test(message)) {
    throw new Error(`its message does not name the file: ${message}`);
  }
}

function describe(error: unknown): string {
  return error instanceof Error ? error.stack ?? error.message : String(error);
}
