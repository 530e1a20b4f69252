/**
 * Yields what a generator yields, and lets it prepare the next value while one is in use. An error of the
 * generator is thrown after the values before it.
 *
 * @example
 * ```ts
 * import { prefetched } from "./prefetched.ts";
 *
 * async function* numbers(): AsyncGenerator<number, void, void> {
 *   yield* [1, 2, 3];
 * }
 * for await (const value of prefetched(numbers())) console.assert(value <= 3);
 * ```
 */
export async function* prefetched<T>(
  source: AsyncGenerator<T, void, void>,
): AsyncGenerator<T, void, void> {
  const prepare = (): Promise<IteratorResult<T, void>> => {
    const next = source.next();
    // A caller that stops early never awaits this value, so its failure must not be unhandled.
    next.catch(() => {});
    return next;
  };
  let ahead = prepare();
  try {
    while (true) {
      const { done, value } = await ahead;
      if (done) return;
      ahead = prepare();
      yield value;
    }
  } finally {
    await source.return();
  }
}
