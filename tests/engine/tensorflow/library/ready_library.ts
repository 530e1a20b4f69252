/**
 * Calls `readyLibrary()`, or with the argument `find` only `findLibrary()`, and prints the outcome as
 * JSON: `{ library }` or `{ error, message }`. Messages go to standard error.
 */
import type { OnActivity } from "../../../../lib/display/activity.ts";
import {
  findLibrary,
  readyLibrary,
} from "../../../../lib/engine/tensorflow/library/find_library.ts";
import type { Wheel } from "../../../../lib/engine/tensorflow/library/wheels.ts";

const machine = Deno.env.get("MACHINE");
const wheel: Wheel = JSON.parse(Deno.readTextFileSync(`${machine}/pin.json`));
const encoder = new TextEncoder();
const controller = new AbortController();
Deno.addSignalListener("SIGTERM", () => controller.abort());

Deno.stdout.writeSync(encoder.encode(JSON.stringify(await outcome(Deno.args[0]))));
Deno.exit();

async function outcome(mode: string | undefined): Promise<unknown> {
  try {
    if (mode === "find") return { library: await findLibrary({ wheel }) };
    const onMessage = (line: string): void => {
      Deno.stderr.writeSync(encoder.encode(`${line}\n`));
    };
    const onPrepare: OnActivity = (done, total, { verb, unit }) => {
      onMessage(`${verb}: ${done} of ${total} ${unit}`);
    };
    const { signal } = controller;
    const refuse = mode === "refuse";
    return { library: await readyLibrary({ onMessage, onPrepare, signal, refuse, wheel }) };
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    return { error: error.name, message: error.message };
  }
}
