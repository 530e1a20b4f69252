import { kernel } from "./kernel.ts";

let current: AbortController | undefined;

/**
 * The signal of the notebook's next interruption. From the first call on, interrupting the kernel
 * ends what listens to the signal and nothing else: the kernel and its variables stay.
 *
 * @returns `undefined` outside the kernel, where Ctrl-C ends the process.
 */
export function nextInterrupt(): AbortSignal | undefined {
  if (!kernel) return undefined;
  if (!current) {
    current = new AbortController();
    Deno.addSignalListener("SIGINT", () => {
      current?.abort();
      // What starts later is not interrupted by what came before it.
      current = new AbortController();
    });
  }
  return current.signal;
}
