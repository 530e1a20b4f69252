/**
 * Waits for work, but no longer than until the signal is aborted: Deno's `fetch` (2.9.6) may miss that
 * while it waits, perhaps as dependent signals are held weakly (denoland/deno#29075).
 *
 * @throws The signal's reason, once it is aborted.
 */
export async function untilAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  const { promise: aborted, reject } = Promise.withResolvers<never>();
  const stop = (): void => reject(signal.reason);
  if (signal.aborted) stop();
  signal.addEventListener("abort", stop);
  try {
    return await Promise.race([work, aborted]);
  } finally {
    signal.removeEventListener("abort", stop);
  }
}
