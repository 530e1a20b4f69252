/** Milliseconds between two attempts to take a lock that another process holds. */
const pollInterval = 200;

/** How {@linkcode takeLock} waits. */
export interface LockOptions {
  /** Called once if another process holds the lock. */
  readonly onWait?: () => void;
  /** Ends the wait. */
  readonly signal?: AbortSignal;
}

/**
 * Takes a lock, and waits while another process holds it. The system frees the lock when its process
 * ends, in whatever way. The empty file stays: removing it would let two processes in at once.
 *
 * @param path A file that serves only as the lock; it is created if it is missing.
 * @throws {DOMException} `AbortError` once `signal` is aborted.
 *
 * @example
 * ```ts
 * import { takeLock } from "./file_lock.ts";
 *
 * using _lock = await takeLock(await Deno.makeTempFile());
 * ```
 */
export async function takeLock(path: string, options: LockOptions = {}): Promise<Disposable> {
  const file = await Deno.open(path, { create: true, write: true });
  try {
    for (let attempts = 0; !await file.tryLock(true); attempts++) {
      if (attempts === 0) options.onWait?.();
      await new Promise((resolve) => setTimeout(resolve, pollInterval));
      options.signal?.throwIfAborted();
    }
    return file;
  } catch (error) {
    file.close();
    throw error;
  }
}

/**
 * Takes a lock as {@linkcode takeLock} does, but does not wait.
 *
 * @returns `undefined` if the lock is held, by another process or by this one.
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
