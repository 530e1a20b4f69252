import { ClusterError, type ClusterPlace } from "../../cluster.ts";
import type { Answer, Peers } from "./peers.ts";

/** Milliseconds: between two questions to a worker, and for its answer. */
const [askEvery, answerWithin] = [1000, 2000];
/** Milliseconds until a worker counts as lost that does not answer, or whose port is closed. */
const [silence, closed] = [5000, 1500];

/** Looks after the other workers of a cluster. */
export class Watch {
  readonly #peers: Peers;
  readonly #place: ClusterPlace;
  readonly #onLost: (error: ClusterError) => void;
  #isOver = false;

  /** @param onLost Told of the first worker that is lost. It must not throw. */
  constructor(peers: Peers, place: ClusterPlace, onLost: (error: ClusterError) => void) {
    this.#peers = peers;
    this.#place = place;
    this.#onLost = onLost;
  }

  get #others(): number[] {
    return [...this.#place.workers.keys()].filter((index) => index !== this.#place.index);
  }

  /**
   * Waits until every worker has answered once.
   *
   * @throws {ClusterError} Where one has not after so many milliseconds.
   */
  async gather(
    patience: number,
    { onMessage, signal }: { onMessage?: (line: string) => void; signal?: AbortSignal },
  ): Promise<void> {
    const began = performance.now();
    const came = new Set<number>();
    for (let told = 0;;) {
      signal?.throwIfAborted();
      const answers = await Promise.all(this.#others.map((index) => this.#ask(index)));
      const missing = this.#others.filter((_, at) => !answers[at]!.well);
      if (missing.length === 0) return;
      const left = this.#others.filter((index, at) => came.has(index) && answers[at]!.refused);
      if (left.length > 0) throw new ClusterError(`${this.#list(left)} came and is gone`);
      for (const index of this.#others) if (!missing.includes(index)) came.add(index);
      const waited = performance.now() - began;
      if (waited > patience) {
        throw new ClusterError(
          `${this.#list(missing)} did not come within ${patience / 60_000} minutes`,
        );
      }
      if (missing.length !== told && waited > askEvery) {
        onMessage?.(`waiting for ${this.#list(missing)}`);
        told = missing.length;
      }
      await new Promise((resolve) => setTimeout(resolve, askEvery / 2));
    }
  }

  /** Looks after all others from now on. */
  begin(): void {
    for (const index of this.#others) {
      this.#follow(index).catch(({ message }: Error) => {
        this.#lose(index, `cannot be asked whether it is there (${message})`);
      });
    }
  }

  end(): void {
    this.#isOver = true;
  }

  /** The workers that do not answer now, in words. */
  async whoIsGone(): Promise<string | undefined> {
    const answers = await Promise.all(this.#others.map((index) => this.#ask(index)));
    const gone = this.#others.filter((_, at) => !answers[at]!.well);
    return gone.length > 0 ? this.#list(gone) : undefined;
  }

  #ask(index: number): Promise<Answer> {
    return this.#peers.ask(index, answerWithin);
  }

  async #follow(index: number): Promise<void> {
    let answered = performance.now();
    while (!this.#isOver) {
      const { well, refused, message } = await this.#ask(index);
      const since = performance.now() - answered;
      if (well) answered = performance.now();
      else if (since > (refused ? closed : silence)) {
        const how = refused ? "is gone" : `has not answered for ${Math.round(since / 1000)} s`;
        return this.#lose(index, `${how} (${message})`);
      }
      await new Promise((resolve) => setTimeout(resolve, askEvery));
    }
  }

  #lose(index: number, how: string): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#onLost(new ClusterError(`${this.#list([index])} ${how}`));
  }

  #list(indices: readonly number[]): string {
    return indices.map((index) => `worker ${index} (${this.#place.workers[index]})`).join(", ");
  }
}
