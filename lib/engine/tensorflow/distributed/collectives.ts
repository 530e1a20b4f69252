import { tf } from "../../tf.ts";
import type { Binding } from "../binding.ts";
import type { OpAttribute } from "../capi/attributes.ts";
import { DataType } from "../capi/c_api.ts";
import { flag, float, float32, integer, text, typeOf } from "../kernels/attributes.ts";
import { runOp } from "../kernels/run.ts";

/** The key of the only group, to which all workers belong. */
const groupKey = 1;

/** TensorFlow's collective operations, which are matched with those of other workers by their keys. */
export class Collectives {
  readonly #binding: Binding;
  readonly #size: number;
  readonly #common: readonly OpAttribute[];

  /** @param size The number of workers. */
  constructor(binding: Binding, size: number) {
    this.#binding = binding;
    this.#size = size;
    this.#common = [
      // TensorFlow uses NCCL on GPUs if it is built with it, and a ring of gRPC connections otherwise.
      text("communication_hint", "auto"),
      // With a timeout, TensorFlow needs a thread per collective that sleeps for all of it.
      float("timeout_seconds", 0),
    ];
  }

  /** The sum of a float32 tensor over all workers. It may be part of a compiled function. */
  sum(tensor: tf.Tensor, key: number): tf.Tensor {
    return tf.tidy(() => {
      const numbers = [this.#size, groupKey, key].map((number) => tf.scalar(number, "int32"));
      const attributes = [float32, ...this.#sumAttributes];
      return runOp("CollectiveReduceV2", attributes, [tensor, ...numbers]);
    });
  }

  /** The sums of numbers over all workers, computed eagerly. */
  async total(values: Float32Array<ArrayBuffer>, key: number): Promise<Float32Array> {
    const inputs = [this.#numbers(values), ...this.#keys(key)];
    return await this.#run("CollectiveReduceV2", [float32, ...this.#sumAttributes], inputs);
  }

  /** Sends numbers to all other workers, which call {@linkcode receive} with their count. */
  async send(values: Float32Array<ArrayBuffer>, key: number): Promise<void> {
    const inputs = [this.#numbers(values), ...this.#keys(key)];
    await this.#run("CollectiveBcastSendV2", [float32, ...this.#common], inputs);
  }

  /** Receives the numbers of the worker that sends. */
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
    return [this.#size, groupKey, key].map((number) =>
      this.#binding.createTensor([], DataType.int32, Int32Array.of(number))
    );
  }

  #numbers(values: Float32Array<ArrayBuffer>): number {
    return this.#binding.createTensor([values.length], DataType.float32, values);
  }

  /** Runs a collective eagerly, on another thread, and disposes of its inputs. */
  async #run(
    name: string,
    attributes: readonly OpAttribute[],
    inputs: readonly number[],
  ): Promise<Float32Array> {
    const { context, tensors } = this.#binding;
    const used = [...inputs];
    try {
      const handles = inputs.map((id) => tensors.get(id));
      const [result] = await context.runAsync(name, attributes, handles, 1);
      const { id } = this.#binding.adopt(result!);
      used.push(id);
      // Outside compiled functions a cluster only exchanges float32.
      return this.#binding.tensorDataSync(id) as Float32Array;
    } finally {
      for (const id of used) this.#binding.deleteTensor(id);
    }
  }
}
