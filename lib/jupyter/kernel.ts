/** What this project uses of `Deno.jupyter`. */
interface Kernel {
  broadcast(type: string, content: Readonly<Record<string, unknown>>): Promise<void>;
}

/**
 * Jupyter's Deno kernel, where this is one. Elsewhere even reading `Deno.jupyter` throws, so that
 * this is the only place that does.
 */
export const kernel: Kernel | undefined = findKernel();

function findKernel(): Kernel | undefined {
  try {
    // The namespace has no types outside the kernel.
    return (Deno as unknown as { jupyter: Kernel }).jupyter;
  } catch {
    return undefined;
  }
}
