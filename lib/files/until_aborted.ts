/**
 * Waits for work, but no longer than until the signal is aborted. Deno's `fetch` may miss that by
 * itself: it holds only weakly what passes its signal on (denoland/deno#29075).
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
