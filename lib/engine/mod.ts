/**
 * TensorFlow for TensorFlow.js under Deno: TensorFlow's C library by FFI, `compile` for functions of
 * tensors, and WebGPU, WebAssembly or plain JavaScript where there is no TensorFlow.
 *
 * `useEngine` starts an engine and makes it TensorFlow.js's backend; `compile` runs a function of tensors
 * as one operation. Neither needs the rest of the package.
 *
 * @example
 * ```ts
 * import { compile, tf, useEngine } from "vgg/engine";
 *
 * const engine = await useEngine({ engine: "cpu" });
 * const double = compile((x: tf.Tensor) => x.mul(2));
 * const x = tf.tensor1d([1, 2, 3]);
 * double(x).print(); // 2, 4, 6
 * engine.reason; // one line for the user
 * ```
 *
 * @module
 */

export type { Activity, OnActivity } from "../display/activity.ts";
export { tf } from "./tf.ts";
export { type Engine, type EngineName, engineNames, type EngineOptions } from "./engine.ts";
export { useEngine } from "./use_engine.ts";
export {
  compile,
  type Compiled,
  type CompiledResult,
  type CompileOptions,
  type Precision,
} from "./compile.ts";
export {
  type AllReduce,
  type Cluster,
  ClusterError,
  type ClusterOptions,
  type ClusterSpec,
} from "./cluster.ts";
export { CompileError, LibraryError, OutOfMemoryError } from "./errors.ts";
export { type ImageSize, openSummaryWriter, type SummaryWriter } from "./summary_writer.ts";
