/** Milliseconds between two tries to take a lock that somebody else holds. */
const pause = 200;

/** How {@linkcode takeLock} waits. */
export interface LockOptions {
  /** Called once, if another process holds the lock. */
  readonly onWait?: () => void;
  readonly signal?: AbortSignal;
}

/**
 * Waits until no other process holds the lock of this name, and takes it. The system frees it with
 * the process, however that ends; the empty file stays, as removing it would let two in at once.
 *
 * @param path A file that is nothing but the lock; it is made where it is missing.
 * @throws {DOMException} `AbortError` once `signal` is aborted.
 *
 * @example
 * ```ts ignore
 * using _lock = await takeLock("/tmp/example.lock");
 * ```
 */
export async function takeLock(path: string, options: LockOptions = {}): Promise<Disposable> {
  const file = await Deno.open(path, { create: true, write: true });
  try {
    for (let tries = 0; !await file.tryLock(true); tries++) {
      if (tries === 0) options.onWait?.();
      await new Promise((resolve) => setTimeout(resolve, pause));
      options.signal?.throwIfAborted();
    }
    return file;
  } catch (error) {
    file.close();
    throw error;
  }
}

/**
 * As {@linkcode takeLock}, but does not wait.
 *
 * @returns `undefined` where somebody else holds the lock: another process, or this one.
 */
export async function tryLock(path: string): Promise<Disposable | undefined> {
  const file = await Deno.open(path, { create: true, write: true });
  try {
    if (await file.tryLock(true)) return file;
  } catch (error) {
    file.close();
    throw error;
  }
  file.close();
  return undefined;
}
