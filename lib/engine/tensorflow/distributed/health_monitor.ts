import { ClusterError, type ClusterSpec } from "../../cluster.ts";
import type { PeerHealth, PeerStatus } from "./peer_health.ts";

/** Milliseconds: between two questions to a worker, and for its answer. */
const [heartbeatMilliseconds, requestTimeout] = [1000, 2000];
/** Milliseconds until a worker counts as lost that does not answer, or whose port is closed. */
const [heartbeatTimeout, closedPortTimeout] = [5000, 1500];

/** Looks after the other workers of a cluster. */
export class HealthMonitor {
  readonly #peers: PeerHealth;
  readonly #place: ClusterSpec;
  readonly #onLost: (error: ClusterError) => void;
  #isOver = false;

  /** @param onLost Told of the first worker that is lost. It must not throw. */
  constructor(peers: PeerHealth, place: ClusterSpec, onLost: (error: ClusterError) => void) {
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
  async waitForPeers(
    patience: number,
    { onMessage, signal }: { onMessage?: (line: string) => void; signal?: AbortSignal },
  ): Promise<void> {
    const began = performance.now();
    const came = new Set<number>();
    for (let told = 0;;) {
      signal?.throwIfAborted();
      const answers = await Promise.all(this.#others.map((index) => this.#checkHealth(index)));
      const missing = this.#others.filter((_, at) => !answers[at]!.healthy);
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
      if (missing.length !== told && waited > heartbeatMilliseconds) {
        onMessage?.(`waiting for ${this.#list(missing)}`);
        told = missing.length;
      }
      await new Promise((resolve) => setTimeout(resolve, heartbeatMilliseconds / 2));
    }
  }

  /** Looks after all others from now on. */
  begin(): void {
    for (const index of this.#others) {
      this.#pollPeer(index).catch(({ message }: Error) => {
        this.#lose(index, `cannot be asked whether it is there (${message})`);
      });
    }
  }

  end(): void {
    this.#isOver = true;
  }

  /** The workers that do not answer now, in words. */
  async unreachableWorkers(): Promise<string | undefined> {
    const answers = await Promise.all(this.#others.map((index) => this.#checkHealth(index)));
    const gone = this.#others.filter((_, at) => !answers[at]!.healthy);
    return gone.length > 0 ? this.#list(gone) : undefined;
  }

  #checkHealth(index: number): Promise<PeerStatus> {
    return this.#peers.checkHealth(index, requestTimeout);
  }

  async #pollPeer(index: number): Promise<void> {
    let answered = performance.now();
    while (!this.#isOver) {
      const { healthy: well, refused, message } = await this.#checkHealth(index);
      const since = performance.now() - answered;
      if (well) answered = performance.now();
      else if (since > (refused ? closedPortTimeout : heartbeatTimeout)) {
        const how = refused ? "is gone" : `has not answered for ${Math.round(since / 1000)} s`;
        return this.#lose(index, `${how} (${message})`);
      }
      await new Promise((resolve) => setTimeout(resolve, heartbeatMilliseconds));
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
