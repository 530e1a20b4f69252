import { type AllReduce, type Cluster, ClusterError, type ClusterOptions } from "../../cluster.ts";
import type { Binding } from "../binding.ts";
import { TensorFlowError } from "../capi/c_api.ts";
import { Collectives } from "./collectives.ts";
import { HealthMonitor } from "./health_monitor.ts";
import { PeerHealth } from "./peer_health.ts";

/** The keys of one function's sums; other collectives have larger keys than all of these. */
const [keysPerFunction, firstOtherKey] = [1000, 1_000_000_000];
const defaultTimeoutMinutes = 10;
/** The `TF_Code`s of a collective after a loss: canceled, deadline exceeded, aborted, unavailable. */
const lossCodes = new Set([1, 4, 10, 14]);

/** How {@linkcode TensorFlowCluster.form} works. */
export interface FormOptions extends ClusterOptions {
  readonly onMessage?: (line: string) => void;
  readonly signal?: AbortSignal;
}

/**
 * A cluster of TensorFlow's gRPC servers and collective operations, which Keras's
 * `MultiWorkerMirroredStrategy` uses as well.
 */
export class TensorFlowCluster implements Cluster {
  readonly workers: readonly string[];
  readonly index: number;
  readonly #timeoutMilliseconds: number;
  readonly #onLost: ClusterOptions["onLost"];
  readonly #collectives: Collectives;
  readonly #peers: PeerHealth;
  readonly #monitor: HealthMonitor;
  #functions = 0;
  #nextKey = firstOtherKey;
  #lost: ClusterError | undefined;

  private constructor(binding: Binding, options: ClusterOptions) {
    const { workers, index, onLost } = options;
    this.workers = workers;
    this.index = index;
    this.#timeoutMilliseconds = timeoutOf(options);
    this.#collectives = new Collectives(binding, workers.length);
    this.#peers = new PeerHealth(binding.context);
    this.#monitor = new HealthMonitor(this.#peers, options, (error) => this.#abort(error));
    this.#onLost = onLost;
  }

  /**
   * Waits for all workers, and monitors them from then on.
   *
   * @param binding The binding of a TensorFlow that was started in this cluster.
   * @throws {ClusterError} If a worker does not come in time.
   */
  static async form(binding: Binding, options: FormOptions): Promise<TensorFlowCluster> {
    const cluster = new TensorFlowCluster(binding, options);
    await cluster.#monitor.waitForPeers(timeoutOf(options), options);
    cluster.#monitor.begin();
    return cluster;
  }

  get size(): number {
    return this.workers.length;
  }

  newAllReduce(): AllReduce {
    const first = ++this.#functions * keysPerFunction;
    let next = first;
    return {
      reset: () => {
        next = first;
      },
      reduce: (tensor) => this.#collectives.sum(tensor, next++),
    };
  }

  async broadcast<Value>(value?: Value): Promise<Value> {
    const bytes = new TextEncoder().encode(this.index === 0 ? JSON.stringify(value) : "");
    const length = Float32Array.of(bytes.length);
    await this.broadcastNumbers(length);
    const numbers = this.index === 0 ? Float32Array.from(bytes) : new Float32Array(length[0]!);
    await this.broadcastNumbers(numbers);
    // The chief wrote this JSON in the lines above.
    return JSON.parse(new TextDecoder().decode(Uint8Array.from(numbers)));
  }

  async broadcastNumbers(values: Float32Array<ArrayBuffer>): Promise<void> {
    const key = this.#nextKey++;
    if (values.length === 0) return;
    if (this.index === 0) await this.withTimeout(this.#collectives.send(values, key));
    else values.set(await this.withTimeout(this.#collectives.receive(values.length, key)));
  }

  async allReduceNumbers(values: Float32Array<ArrayBuffer>): Promise<Float32Array> {
    return await this.withTimeout(this.#collectives.total(values, this.#nextKey++));
  }

  async withTimeout<Result>(work: Promise<Result>): Promise<Result> {
    const timer = setTimeout(() => {
      const minutes = this.#timeoutMilliseconds / 60_000;
      this.#abort(new ClusterError(`another worker let this one wait for ${minutes} minutes`));
    }, this.#timeoutMilliseconds);
    try {
      return await work;
    } catch (error) {
      throw await this.#explain(error);
    } finally {
      clearTimeout(timer);
    }
  }

  async leave(): Promise<void> {
    await this.#barrier();
    this.#monitor.end();
    // A second barrier, as a worker that exits closes the connection over which others still receive
    // the first one's result.
    await Promise.race([
      this.#barrier().catch(() => {}),
      new Promise((resolve) => setTimeout(resolve, 2000)),
    ]);
  }

  /** Waits until every worker calls this. */
  async #barrier(): Promise<void> {
    await this.allReduceNumbers(Float32Array.of(0));
  }

  /** Aborts all collectives. What `onLost` throws becomes the error's cause. */
  #abort(error: ClusterError): void {
    this.#lost ??= error;
    this.#peers.abort(error.message);
    try {
      this.#onLost?.(error);
    } catch (thrown) {
      error.cause = thrown;
    }
  }

  /** Replaces an error that comes from the loss of a worker by a {@linkcode ClusterError}. */
  async #explain(error: unknown): Promise<unknown> {
    if (this.#lost) return this.#lost;
    if (!(error instanceof TensorFlowError) || !lossCodes.has(error.code)) return error;
    const gone = await this.#monitor.unreachableWorkers();
    const [message] = error.message.split("\n");
    return this.#lost ?? new ClusterError(gone ? `${gone} is gone (${message})` : message);
  }
}

function timeoutOf({ timeoutMinutes = defaultTimeoutMinutes }: ClusterOptions): number {
  return timeoutMinutes * 60_000;
}
