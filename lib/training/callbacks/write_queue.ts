import type { Callback } from "./callback.ts";

/**
 * Writes files while training continues, one after the other in the order in which they are added. Once
 * a write fails, those after it are left out.
 */
export class WriteQueue implements Callback {
  #last: Promise<void> = Promise.resolve();

  add(write: () => Promise<void>): void {
    this.#last = this.#last.then(write);
    this.#last.catch(() => {}); // flush() throws it.
  }

  /**
   * Waits until everything is written.
   *
   * @throws The error of the write that failed.
   */
  flush(): Promise<void> {
    return this.#last;
  }

  onEnd(): Promise<void> {
    return this.flush();
  }
}
