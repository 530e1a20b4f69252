import type { Heap } from "./heap.ts";
import { compileModule, instantiate } from "./module.ts";

/** The functions of elementwise.wat. Addresses are in bytes, counts in floats. */
export interface ElementwiseKernels {
  relu_gradient(dy: number, y: number, dx: number, count: number): void;
  add_rows(from: number, rows: number, columns: number, sums: number): void;
  add_bias(at: number, rows: number, columns: number, bias: number, min: number): void;
  max_pool_gradient(
    x: number,
    dx: number,
    y: number,
    dy: number,
    height: number,
    width: number,
    stride: number,
    channels: number,
  ): void;
}

const module = await compileModule("elementwise.wasm");
const instances = new WeakMap<Heap, ElementwiseKernels>();

/** The elementwise kernels of a heap, instantiated on first use. */
export function elementwiseKernels(heap: Heap): ElementwiseKernels {
  const existing = instances.get(heap);
  if (existing) return existing;
  // The boundary to WebAssembly, whose exports have no types.
  const kernels = instantiate(module, heap.memory) as unknown as ElementwiseKernels;
  instances.set(heap, kernels);
  return kernels;
}
