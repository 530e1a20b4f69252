import { type AllReduce, type Cluster, ClusterError, type ClusterOptions } from "../../cluster.ts";
import type { Binding } from "../binding.ts";
import { TensorFlowError } from "../capi/c_api.ts";
import { Collectives } from "./collectives.ts";
import { PeerHealth } from "./peer_health.ts";
import { HealthMonitor } from "./health_monitor.ts";

/** Keys that the sums of one function may take; those of what is shared once come after all of them. */
const [sumsOfFunction, firstShared] = [1000, 1_000_000_000];
const defaultPatience = 10;
/** `TF_Code`s of what was begun with others: cancelled, deadline exceeded, aborted, unavailable. */
const lossCodes = new Set([1, 4, 10, 14]);

/** What a cluster is formed with. */
export interface FormOptions extends ClusterOptions {
  readonly onMessage?: (line: string) => void;
  readonly signal?: AbortSignal;
}

/**
 * A worker's cluster: TensorFlow's gRPC server and collective operations, which Keras's
 * `MultiWorkerMirroredStrategy` uses as well.
 */
export class TensorFlowCluster implements Cluster {
  readonly workers: readonly string[];
  readonly index: number;
  readonly #patience: number;
  readonly #onLost: ClusterOptions["onLost"];
  readonly #collectives: Collectives;
  readonly #peers: PeerHealth;
  readonly #watch: HealthMonitor;
  #functions = 0;
  #shared = firstShared;
  #lost: ClusterError | undefined;

  private constructor(binding: Binding, options: ClusterOptions) {
    const { workers, index, onLost } = options;
    this.workers = workers;
    this.index = index;
    this.#patience = patienceOf(options);
    this.#collectives = new Collectives(binding, workers.length);
    this.#peers = new PeerHealth(binding.context);
    this.#watch = new HealthMonitor(this.#peers, options, (error) => this.#break(error));
    this.#onLost = onLost;
  }

  /**
   * Waits for all workers, and looks after them from then on.
   *
   * @param binding Of TensorFlow, started at this place.
   * @throws {ClusterError} Where one does not come.
   */
  static async form(binding: Binding, options: FormOptions): Promise<TensorFlowCluster> {
    const cluster = new TensorFlowCluster(binding, options);
    await cluster.#watch.waitForPeers(patienceOf(options), options);
    cluster.#watch.begin();
    return cluster;
  }

  get size(): number {
    return this.workers.length;
  }

  newAllReduce(): AllReduce {
    const first = ++this.#functions * sumsOfFunction;
    let next = first;
    return {
      reset: () => {
        next = first;
      },
      reduce: (tensor, precision) => this.#collectives.sum(tensor, next++, precision),
    };
  }

  async broadcast<Value>(value?: Value): Promise<Value> {
    const bytes = new TextEncoder().encode(this.index === 0 ? JSON.stringify(value) : "");
    const length = Float32Array.of(bytes.length);
    await this.broadcastNumbers(length);
    const letters = this.index === 0 ? Float32Array.from(bytes) : new Float32Array(length[0]!);
    await this.broadcastNumbers(letters);
    // What the chief wrote the line above.
    return JSON.parse(new TextDecoder().decode(Uint8Array.from(letters)));
  }

  async broadcastNumbers(values: Float32Array<ArrayBuffer>): Promise<void> {
    const key = this.#shared++;
    if (values.length === 0) return;
    if (this.index === 0) await this.withTimeout(this.#collectives.send(values, key));
    else values.set(await this.withTimeout(this.#collectives.receive(values.length, key)));
  }

  async allReduceNumbers(values: Float32Array<ArrayBuffer>): Promise<Float32Array> {
    return await this.withTimeout(this.#collectives.total(values, this.#shared++));
  }

  async withTimeout<Result>(work: Promise<Result>): Promise<Result> {
    const timer = setTimeout(() => {
      const minutes = this.#patience / 60_000;
      this.#break(new ClusterError(`another worker let this one wait for ${minutes} minutes`));
    }, this.#patience);
    try {
      return await work;
    } catch (error) {
      throw await this.#explain(error);
    } finally {
      clearTimeout(timer);
    }
  }

  async leave(): Promise<void> {
    await this.#meet();
    this.#watch.end();
    // Whoever ends first closes the connection over which others still hear of the first meeting.
    await Promise.race([
      this.#meet().catch(() => {}),
      new Promise((resolve) => setTimeout(resolve, 2000)),
    ]);
  }

  /** Waits until every worker is here. */
  async #meet(): Promise<void> {
    await this.allReduceNumbers(Float32Array.of(0));
  }

  /** Ends whatever waits for other workers, with what `onLost` throws as the error's cause. */
  #break(error: ClusterError): void {
    this.#lost ??= error;
    this.#peers.abort(error.message);
    try {
      this.#onLost?.(error);
    } catch (thrown) {
      error.cause = thrown;
    }
  }

  /** What an error comes from: the loss of a worker, or this process itself. */
  async #explain(error: unknown): Promise<unknown> {
    if (this.#lost) return this.#lost;
    if (!(error instanceof TensorFlowError) || !lossCodes.has(error.code)) return error;
    const gone = await this.#watch.unreachableWorkers();
    const [message] = error.message.split("\n");
    return this.#lost ?? new ClusterError(gone ? `${gone} is gone (${message})` : message);
  }
}

function patienceOf({ timeoutMinutes: timeoutMinutes = defaultPatience }: ClusterOptions): number {
  return timeoutMinutes * 60_000;
}
