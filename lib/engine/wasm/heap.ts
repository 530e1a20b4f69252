import type { BackendWasm } from "@tensorflow/tfjs-backend-wasm";
import { OutOfMemoryError } from "../errors.ts";
import type { tf } from "../tf.ts";

/** What {@linkcode Heap} needs of the backend's Emscripten module beyond its declared types. */
interface Module {
  asm: { memory: WebAssembly.Memory; malloc(bytes: number): number };
  _malloc(bytes: number): number;
}

/** The memory of a wasm backend, in which tensors and this project's own WebAssembly live. */
export class Heap {
  readonly memory: WebAssembly.Memory;
  readonly #backend: BackendWasm;

  constructor(backend: BackendWasm) {
    this.#backend = backend;
    this.memory = moduleOf(backend).asm.memory;
  }

  /** Where the values of a tensor of this backend begin. */
  address({ dataId }: tf.TensorInfo): number {
    return this.#backend.getMemoryOffset(dataId);
  }

  /** A new float32 tensor, whose values are whatever the memory held. */
  output(shape: number[]): tf.TensorInfo {
    return this.#backend.makeOutput(shape, "float32");
  }

  /** Frees what {@linkcode output} gave. */
  release({ dataId }: tf.TensorInfo): void {
    this.#backend.disposeData(dataId);
  }

  /** Sets all values of a float32 tensor to 0. */
  clear(tensor: tf.TensorInfo): void {
    new Float32Array(this.memory.buffer, this.address(tensor), sizeOf(tensor)).fill(0);
  }

  /** Room that is kept as long as the backend lives, at the start of a cache line. */
  reserve(bytes: number): number {
    const line = 64;
    return Math.ceil(moduleOf(this.#backend)._malloc(bytes + line) / line) * line;
  }
}

const heaps = new WeakMap<BackendWasm, Heap>();

/** The heap of a backend, as a kernel is given it. */
export function heapOf(backend: unknown): Heap {
  // The boundary to TensorFlow.js, which types a kernel's backend as an unknown object.
  const wasm = backend as BackendWasm;
  const heap = heaps.get(wasm) ?? new Heap(wasm);
  heaps.set(wasm, heap);
  return heap;
}

/**
 * Lets the backend throw where its memory is full: the stock one goes on at address 0, over its own
 * data.
 */
export function refuseFullHeap(backend: BackendWasm): void {
  const module = moduleOf(backend);
  const { asm: { malloc, memory } } = module;
  module._malloc = (bytes) => {
    const address = malloc(bytes) >>> 0;
    if (address !== 0 || bytes === 0) return address;
    const size = Math.round(memory.buffer.byteLength / 2 ** 20);
    throw new OutOfMemoryError(
      `the wasm engine's memory is full (${size} MiB, and ${bytes} bytes asked for): ` +
        "a smaller batch or input needs less",
    );
  };
}

/** The number of values in a tensor. */
export function sizeOf({ shape }: tf.TensorInfo): number {
  return shape.reduce((size, length) => size * length, 1);
}

function moduleOf(backend: BackendWasm): Module {
  return backend.wasm as unknown as Module;
}
