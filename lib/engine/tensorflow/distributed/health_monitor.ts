import { ClusterError, type ClusterSpec } from "../../cluster.ts";
import type { PeerHealth, PeerStatus } from "./peer_health.ts";

/** The time between two health checks of a worker, and their timeout. */
const [heartbeatMilliseconds, requestTimeoutMilliseconds] = [1000, 2000];
/** The time until a worker counts as lost: one that does not answer, and one whose port is closed. */
const [heartbeatTimeoutMilliseconds, closedPortMilliseconds] = [5000, 1500];

/** Monitors the other workers of a cluster. */
export class HealthMonitor {
  readonly #peers: PeerHealth;
  readonly #cluster: ClusterSpec;
  readonly #onLost: (error: ClusterError) => void;
  #ended = false;

  /** @param onLost Called once, with the first worker that is lost. It must not throw. */
  constructor(peers: PeerHealth, cluster: ClusterSpec, onLost: (error: ClusterError) => void) {
    this.#peers = peers;
    this.#cluster = cluster;
    this.#onLost = onLost;
  }

  get #peerIndices(): number[] {
    return [...this.#cluster.workers.keys()].filter((index) => index !== this.#cluster.index);
  }

  /**
   * Waits until all workers answer.
   *
   * @throws {ClusterError} If one does not in time, or has answered and is gone again.
   */
  async waitForPeers(
    timeoutMilliseconds: number,
    { onMessage, signal }: { onMessage?: (line: string) => void; signal?: AbortSignal },
  ): Promise<void> {
    const began = performance.now();
    const seen = new Set<number>();
    for (let reported = 0;;) {
      signal?.throwIfAborted();
      const peers = this.#peerIndices;
      const statuses = await Promise.all(peers.map((index) => this.#checkHealth(index)));
      const missing = peers.filter((_, at) => !statuses[at]!.healthy);
      if (missing.length === 0) return;
      const gone = peers.filter((index, at) => seen.has(index) && statuses[at]!.refused);
      if (gone.length > 0) throw new ClusterError(`${this.#list(gone)} came and is gone`);
      for (const index of peers) if (!missing.includes(index)) seen.add(index);
      const waited = performance.now() - began;
      if (waited > timeoutMilliseconds) {
        throw new ClusterError(
          `${this.#list(missing)} did not come within ${timeoutMilliseconds / 60_000} minutes`,
        );
      }
      if (missing.length !== reported && waited > heartbeatMilliseconds) {
        onMessage?.(`waiting for ${this.#list(missing)}`);
        reported = missing.length;
      }
      await new Promise((resolve) => setTimeout(resolve, heartbeatMilliseconds / 2));
    }
  }

  /** Monitors all other workers from now on. */
  begin(): void {
    for (const index of this.#peerIndices) {
      this.#pollPeer(index).catch(({ message }: Error) => {
        this.#lose(index, `cannot be asked whether it is there (${message})`);
      });
    }
  }

  /** Stops monitoring. */
  end(): void {
    this.#ended = true;
  }

  /** Lists the workers that do not answer now; `undefined` if all do. */
  async unreachableWorkers(): Promise<string | undefined> {
    const peers = this.#peerIndices;
    const statuses = await Promise.all(peers.map((index) => this.#checkHealth(index)));
    const gone = peers.filter((_, at) => !statuses[at]!.healthy);
    return gone.length > 0 ? this.#list(gone) : undefined;
  }

  #checkHealth(index: number): Promise<PeerStatus> {
    return this.#peers.checkHealth(index, requestTimeoutMilliseconds);
  }

  async #pollPeer(index: number): Promise<void> {
    let answered = performance.now();
    while (!this.#ended) {
      const { healthy, refused, message } = await this.#checkHealth(index);
      const since = performance.now() - answered;
      if (healthy) answered = performance.now();
      else if (since > (refused ? closedPortMilliseconds : heartbeatTimeoutMilliseconds)) {
        const how = refused ? "is gone" : `has not answered for ${Math.round(since / 1000)} s`;
        return this.#lose(index, `${how} (${message})`);
      }
      await new Promise((resolve) => setTimeout(resolve, heartbeatMilliseconds));
    }
  }

  #lose(index: number, how: string): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#onLost(new ClusterError(`${this.#list([index])} ${how}`));
  }

  #list(indices: readonly number[]): string {
    return indices.map((index) => `worker ${index} (${this.#cluster.workers[index]})`).join(", ");
  }
}
