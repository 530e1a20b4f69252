/** The part of `Deno.jupyter` that this project uses. */
interface Kernel {
  broadcast(type: string, content: Readonly<Record<string, unknown>>): Promise<void>;
}

/**
 * Jupyter's Deno kernel, or `undefined` outside of it. Only this module reads `Deno.jupyter`, because
 * outside the kernel the access throws.
 */
export const kernel: Kernel | undefined = findKernel();

let interruption: AbortController | undefined;

/**
 * The signal of the next interruption of the notebook. From the first call on, interrupting the kernel
 * aborts this signal and does nothing else: the kernel and its variables remain.
 *
 * @returns `undefined` outside the kernel, where Ctrl-C ends the process.
 */
export function nextInterrupt(): AbortSignal | undefined {
  if (!kernel) return undefined;
  if (!interruption) {
    interruption = new AbortController();
    Deno.addSignalListener("SIGINT", () => {
      interruption?.abort(interruptionError());
      // Work that starts later needs a signal that is not aborted yet.
      interruption = new AbortController();
    });
  }
  return interruption.signal;
}

/** The error of a cell that has nothing to return. A notebook shows its stack: here, one line. */
function interruptionError(): DOMException {
  const error = new DOMException(
    "The cell was interrupted. Run it again to start over.",
    "AbortError",
  );
  Object.defineProperty(error, "stack", { value: `Interrupted: ${error.message}` });
  return error;
}

function findKernel(): Kernel | undefined {
  try {
    // The namespace has no types outside the kernel.
    return (Deno as unknown as { jupyter: Kernel }).jupyter;
  } catch {
    return undefined;
  }
}
