import type { BackendWasm } from "@tensorflow/tfjs-backend-wasm";
import { OutOfMemoryError } from "../errors.ts";
import type { tf } from "../tf.ts";

/** Members of the backend's Emscripten module that its types do not declare. */
interface Module {
  asm: { memory: WebAssembly.Memory; malloc(bytes: number): number };
  _malloc(bytes: number): number;
}

/** The memory of a wasm backend, which holds its tensors. This project's own WebAssembly shares it. */
export class Heap {
  readonly memory: WebAssembly.Memory;
  readonly #backend: BackendWasm;

  constructor(backend: BackendWasm) {
    this.#backend = backend;
    this.memory = moduleOf(backend).asm.memory;
  }

  /** The address of a tensor's values. */
  address({ dataId }: tf.TensorInfo): number {
    return this.#backend.getMemoryOffset(dataId);
  }

  /** A new float32 tensor with undefined values. */
  output(shape: number[]): tf.TensorInfo {
    return this.#backend.makeOutput(shape, "float32");
  }

  /** Disposes of a tensor. */
  release({ dataId }: tf.TensorInfo): void {
    this.#backend.disposeData(dataId);
  }

  /** Sets all values of a float32 tensor to 0. */
  clear(tensor: tf.TensorInfo): void {
    new Float32Array(this.memory.buffer, this.address(tensor), sizeOf(tensor)).fill(0);
  }

  /** Allocates memory for the life of the backend, aligned to a cache line. */
  allocate(bytes: number): number {
    const line = 64;
    return Math.ceil(moduleOf(this.#backend)._malloc(bytes + line) / line) * line;
  }
}

const heaps = new WeakMap<BackendWasm, Heap>();

/** The heap of a kernel's backend. */
export function heapOf(backend: unknown): Heap {
  // The boundary to TensorFlow.js, which types a kernel's backend as an unknown object.
  const wasm = backend as BackendWasm;
  const heap = heaps.get(wasm) ?? new Heap(wasm);
  heaps.set(wasm, heap);
  return heap;
}

/**
 * Makes the backend throw an {@linkcode OutOfMemoryError} when its memory is full. The stock one continues
 * at address 0 and overwrites its own data.
 */
export function throwWhenFull(backend: BackendWasm): void {
  const module = moduleOf(backend);
  const { asm: { malloc, memory } } = module;
  module._malloc = (bytes) => {
    const address = malloc(bytes) >>> 0;
    if (address !== 0 || bytes === 0) return address;
    const size = Math.round(memory.buffer.byteLength / 2 ** 20);
    throw new OutOfMemoryError(
      `the wasm engine's memory is full (${size} MiB, ${bytes} bytes more requested): ` +
        "use a smaller batch or input",
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
