/**
 * A thread that ends the process some time after SIGTERM or SIGHUP, also if the main thread is in a native
 * call and hears nothing. Its name lists the signals; messages give the line that says how to go on.
 *
 * @module
 */

import { type EndSignal, statusOfSignal } from "../distributed/processes/end_signals.ts";
import { openLibc } from "../libc.ts";
import { canDraw } from "./tell/can_draw.ts";

/** What the main thread tells this one. */
export interface WatchdogMessage {
  /** The line that says how to go on. */
  readonly advice?: string | undefined;
  /** Whether the main thread has said that the process ends. */
  readonly isSaid?: boolean;
}

/** The worker's own scope; its library has no types here. */
const scope = self as unknown as {
  readonly name: string;
  onmessage: (event: MessageEvent<WatchdogMessage>) => void;
};

const [milliseconds, ...signals] = scope.name.split(",");
const { symbols } = openLibc({ _exit: { parameters: ["i32"], result: "void" } });
let told: WatchdogMessage = {};
scope.onmessage = ({ data }) => told = { ...told, ...data };

for (const signal of signals as EndSignal[]) {
  Deno.addSignalListener(signal, () => setTimeout(() => end(signal), Number(milliseconds)));
}

function end(signal: EndSignal): void {
  if (!told.isSaid) {
    const overLine = canDraw() ? "\r\x1b[K" : "";
    const lines = ["Ended at once.", ...(told.advice === undefined ? [] : [told.advice])];
    try {
      Deno.stderr.writeSync(new TextEncoder().encode(`${overLine}${lines.join("\n")}\n`));
    } catch {
      // Whoever read it has gone.
    }
  }
  symbols._exit(statusOfSignal(signal));
}
