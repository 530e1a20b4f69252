import type { ImageSize, SummaryWriter } from "../summary_writer.ts";
import { tf } from "../tf.ts";
import type { OpAttribute } from "./capi/attributes.ts";
import { DataType } from "./capi/c_api.ts";
import type { Values } from "./capi/host_tensors.ts";
import { currentBinding } from "./current_backend.ts";
import { float32, integer, text, typeOf } from "./kernels/attributes.ts";
import { runOp, runOpWithOutputs } from "./kernels/run.ts";
import { tensorOf } from "./tfjs_node_internals.ts";

/** The summaries buffered at most, and for how many milliseconds: TensorFlow's defaults. */
const maxQueue = 10, flushMilliseconds = 120_000;

/**
 * A `SummaryMetadata` (tensorboard/compat/proto/summary.proto) with only the plugin name `images`, as
 * `tf.summary.image` writes it.
 */
const imageMetadata = Uint8Array.of(1 << 3 | 2, 8, 1 << 3 | 2, 6, ...encode("images"));

let opened = 0;

/** Writes an event file with TensorFlow's summary operations. */
export class TensorFlowSummaryWriter implements SummaryWriter {
  readonly #directory: string;
  /** TensorFlow's handle of the writer; unset once it is closed. */
  #handle: tf.Tensor | undefined;

  constructor(directory: string) {
    this.#directory = directory;
    // Writers of the same name would share one resource, which the first one to close destroys.
    const name = text("shared_name", `summary_writer_${opened++}`);
    this.#handle = tf.keep(runOp("SummaryWriter", [name], []));
    try {
      this.#run("CreateSummaryFileWriter", [], () => [
        tf.scalar(directory, "string"),
        tf.scalar(maxQueue, "int32"),
        tf.scalar(flushMilliseconds, "int32"),
        tf.scalar(".v2", "string"),
      ]);
    } catch (error) {
      this.#handle.dispose();
      throw error;
    }
  }

  scalar(tag: string, value: number, step: number): void {
    this.#run("WriteScalarSummary", [float32], () => [
      int64Scalar(step),
      tf.scalar(tag, "string"),
      tf.scalar(value, "float32"),
    ]);
  }

  image(tag: string, pixels: Uint8Array, size: ImageSize, step: number): void {
    this.#run("WriteSummary", [typeOf("T", "string")], () => [
      int64Scalar(step),
      imageSummary(pixels, size),
      tf.scalar(tag, "string"),
      bytesScalar(imageMetadata),
    ]);
  }

  flush(): void {
    this.#run("FlushSummaryWriter", [], () => []);
  }

  close(): void {
    if (!this.#handle) return;
    this.#run("CloseSummaryWriter", [], () => []);
    this.#handle.dispose();
    this.#handle = undefined;
  }

  /** Runs an operation on the writer, and disposes of its other inputs. */
  #run(name: string, attributes: readonly OpAttribute[], inputs: () => tf.Tensor[]): void {
    const handle = this.#handle;
    if (!handle) throw new Error(`the summary writer of ${this.#directory} is closed`);
    tf.tidy(() => void runOpWithOutputs(name, attributes, [handle, ...inputs()], 0));
  }
}

/** An image for TensorBoard's plugin: its width and height as strings, then a PNG file. */
function imageSummary(pixels: Uint8Array, { width, height }: ImageSize): tf.Tensor {
  const image = tensorOfType("uint8", [height, width, 3], pixels);
  const parts = [
    tf.scalar(`${width}`, "string"),
    tf.scalar(`${height}`, "string"),
    runOp("EncodePng", [], [image]),
  ];
  return runOp("Pack", [integer("N", 3), typeOf("T", "string"), integer("axis", 0)], parts);
}

function int64Scalar(value: number): tf.Tensor {
  return tensorOfType("int64", [], BigInt64Array.of(BigInt(value)));
}

function bytesScalar(bytes: Uint8Array): tf.Tensor {
  return tf.tensor([bytes] as unknown as string[], [], "string");
}

/** A tensor of a type that TensorFlow.js lacks, and that it takes for int32. */
function tensorOfType(type: "int64" | "uint8", shape: number[], values: Values): tf.Tensor {
  const id = currentBinding().createTensor(shape, DataType[type], values);
  return tensorOf({ id, shape, dtype: DataType.int32 });
}

function encode(string: string): Uint8Array {
  return new TextEncoder().encode(string);
}
