/**
 * Calls `readyLibrary()`, or with the argument `find` only `findLibrary()`, and prints the outcome as
 * JSON: `{ library }` or `{ error, message }`. Messages go to standard error.
 */
import {
  findLibrary,
  readyLibrary,
} from "../../../../lib/engine/tensorflow/library/find_library.ts";

const encoder = new TextEncoder();
const controller = new AbortController();
Deno.addSignalListener("SIGTERM", () => controller.abort());

Deno.stdout.writeSync(encoder.encode(JSON.stringify(await outcome(Deno.args[0]))));
Deno.exit();

async function outcome(mode: string | undefined): Promise<unknown> {
  try {
    if (mode === "find") return { library: await findLibrary() };
    const onMessage = (line: string): void => {
      Deno.stderr.writeSync(encoder.encode(`${line}\n`));
    };
    const { signal } = controller;
    return { library: await readyLibrary({ onMessage, signal, refuse: mode === "refuse" }) };
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    return { error: error.name, message: error.message };
  }
}
