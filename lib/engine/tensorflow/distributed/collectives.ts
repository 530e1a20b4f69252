import type { Precision } from "../../compile.ts";
import { tf } from "../../tf.ts";
import type { OpAttribute } from "../capi/attributes.ts";
import type { Binding } from "../binding.ts";
import { DataType } from "../capi/c_api.ts";
import { flag, float, float32, integer, text, typeOf } from "../kernels/attributes.ts";
import { runOp } from "../kernels/run.ts";

/** The number of the one group that all workers form. */
const group = 1;

/** TensorFlow's collective operations, each matched by a key with those of the other workers. */
export class Collectives {
  readonly #binding: Binding;
  readonly #size: number;
  readonly #common: readonly OpAttribute[];

  /** @param size How many workers there are. */
  constructor(binding: Binding, size: number) {
    this.#binding = binding;
    this.#size = size;
    this.#common = [
      // On cards TensorFlow takes NCCL where it has it, and a ring of gRPC connections elsewhere.
      text("communication_hint", "auto"),
      // Each wait with an end costs TensorFlow a thread that sleeps until then, however short the wait.
      float("timeout_seconds", 0),
    ];
  }

  /**
   * The sum of a tensor over all workers; may be part of a compiled function.
   *
   * @param precision In what it is sent and added up: bfloat16 within a compiled function only.
   */
  sum(tensor: tf.Tensor, key: number, precision: Precision = "float32"): tf.Tensor {
    return tf.tidy(() => {
      const numbers = [this.#size, group, key].map((number) => tf.scalar(number, "int32"));
      const attributes = [typeOf("T", precision), ...this.#sumAttributes];
      return runOp("CollectiveReduceV2", attributes, [tensor, ...numbers]);
    });
  }

  /** The same at once, of numbers. */
  async total(values: Float32Array<ArrayBuffer>, key: number): Promise<Float32Array> {
    const inputs = [this.#numbers(values), ...this.#keys(key)];
    return await this.#run("CollectiveReduceV2", [float32, ...this.#sumAttributes], inputs);
  }

  /** Gives numbers to all others, which receive as many. */
  async send(values: Float32Array<ArrayBuffer>, key: number): Promise<void> {
    const inputs = [this.#numbers(values), ...this.#keys(key)];
    await this.#run("CollectiveBcastSendV2", [float32, ...this.#common], inputs);
  }

  /** What the one who sends has sent. */
  async receive(length: number, key: number): Promise<Float32Array> {
    const attributes = [float32, ...this.#common, typeOf("Tshape", "int32")];
    const shape = this.#binding.createTensor([1], DataType.int32, Int32Array.of(length));
    return await this.#run("CollectiveBcastRecvV2", attributes, [...this.#keys(key), shape]);
  }

  get #sumAttributes(): OpAttribute[] {
    return [
      ...this.#common,
      text("merge_op", "Add"),
      text("final_op", "Id"),
      flag("is_stateless", false),
      integer("Nordering_token", 0),
      integer("max_subdivs_per_device", -1),
    ];
  }

  #keys(key: number): number[] {
    return [this.#size, group, key].map((number) =>
      this.#binding.createTensor([], DataType.int32, Int32Array.of(number))
    );
  }

  #numbers(values: Float32Array<ArrayBuffer>): number {
    return this.#binding.createTensor([values.length], DataType.float32, values);
  }

  /** Runs one at once, on another thread, and disposes of its inputs. */
  async #run(
    name: string,
    attributes: readonly OpAttribute[],
    inputs: readonly number[],
  ): Promise<Float32Array> {
    const { context: ops, tensors } = this.#binding;
    const used = [...inputs];
    try {
      const handles = inputs.map((id) => tensors.get(id));
      const [result] = await ops.runAsync(name, attributes, handles, 1);
      const { id } = this.#binding.adopt(result!);
      used.push(id);
      // All that a cluster shares outside of compiled functions is float32.
      return this.#binding.tensorDataSync(id) as Float32Array;
    } finally {
      for (const id of used) this.#binding.deleteTensor(id);
    }
  }
}
