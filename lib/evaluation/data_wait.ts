/** Measures for which share of the time a network waits for its images. */
export class DataWait {
  readonly #now: () => number;
  #waited = 0;
  #computed = 0;

  /** @param now A clock. */
  constructor(now = (): number => performance.now()) {
    this.#now = now;
  }

  /** Takes a batch when it is ready; the time until then is waiting. */
  async *track<T>(batches: AsyncGenerator<T, void, void>): AsyncGenerator<T, void, void> {
    try {
      while (true) {
        const started = this.#now();
        const { done, value } = await batches.next();
        if (done) return;
        this.#waited += this.#now() - started;
        yield value;
      }
    } finally {
      await batches.return();
    }
  }

  /** Does the network's work on a batch. */
  async compute<T>(work: () => Promise<T>): Promise<T> {
    const started = this.#now();
    try {
      return await work();
    } finally {
      this.#computed += this.#now() - started;
    }
  }

  /** From 0 to 1; what the caller does between the batches does not count. */
  get share(): number {
    const total = this.#waited + this.#computed;
    return total === 0 ? 0 : this.#waited / total;
  }
}
