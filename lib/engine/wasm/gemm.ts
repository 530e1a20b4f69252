import { locateRows, type Rows, type Segment, segments } from "./addressing.ts";
import type { Heap } from "./heap.ts";
import { compileModule, instantiate } from "./module.ts";

/** A factor of a product: a matrix whose rows are contiguous in memory. */
export interface Factor {
  readonly rows: Rows;
  /** Whether its rows run along the depth, the dimension that is summed over, or across it. */
  readonly alongDepth: boolean;
}

/** A product of two matrices (general matrix multiplication). Addresses and strides are in bytes. */
export interface Gemm {
  readonly left: Factor;
  readonly right: Factor;
  /** The rows of the result: filter taps times rows of each. */
  readonly rows: readonly [taps: number, length: number];
  readonly columns: number;
  /** The length of the sums: filter taps times channels of each. */
  readonly depth: readonly [taps: number, length: number];
  /** The address of the result. */
  readonly address: number;
}

/** The functions of gemm.wat. */
interface Exports {
  multiply(
    left: number,
    right: number,
    rows: number,
    columns: number,
    depth: number,
    product: number,
    stride: number,
    add: number,
    corner: number,
  ): void;
  pack_along: Pack;
  pack_across: Pack;
}
type Pack = (
  rows: number,
  count: number,
  width: number,
  depth: number,
  target: number,
  step: number,
) => void;

const module = await compileModule("gemm.wasm");
const kernels = new WeakMap<Heap, GemmKernel>();

/** The kernel of a heap, made on first use. */
export function gemmKernel(heap: Heap): GemmKernel {
  const kernel = kernels.get(heap) ?? new GemmKernel(heap, module);
  kernels.set(heap, kernel);
  return kernel;
}

/** The widths of gemm.wat's panels. */
const [leftWidth, rightWidth] = [6, 8];
/** The sizes of blocks that fit into a CPU's caches. */
const [blockRows, blockDepth, blockColumns] = [192, 256, 512];
/** The rows that share one packed block of the right factor. */
const groupRows = 8 * blockRows;

/** A memory with an allocator. Allocated blocks are never freed. */
type Scratch = Pick<Heap, "memory" | "allocate">;

/**
 * Multiplies matrices in a backend's memory. It is several times as fast as the stock kernels if a
 * factor is transposed, and needs no copies of images for the gradients of a convolution.
 */
export class GemmKernel {
  readonly #memory: WebAssembly.Memory;
  readonly #exports: Exports;
  readonly #scratch: Readonly<Record<"left" | "right" | "addresses" | "zeros" | "corner", number>>;

  /**
   * @param scratch The memory of the matrices, which also holds the packed factors.
   * @param module The compiled gemm.wasm, or gemm_shared.wasm for shared memory.
   */
  constructor(scratch: Scratch, module: WebAssembly.Module) {
    this.#memory = scratch.memory;
    // The boundary to WebAssembly, whose exports have no types.
    this.#exports = instantiate(module, scratch.memory) as unknown as Exports;
    const zeros = scratch.allocate(blockColumns * 4);
    new Float32Array(this.#memory.buffer, zeros, blockColumns).fill(0);
    this.#scratch = {
      left: scratch.allocate(blockRows * blockDepth * 4),
      right: scratch.allocate(blockColumns * blockDepth * 4),
      addresses: scratch.allocate(blockColumns * 4),
      zeros,
      corner: scratch.allocate(leftWidth * rightWidth * 4),
    };
  }

  /** Computes a product and overwrites what is at its address. */
  run({ left, right, rows, columns, depth, address }: Gemm): void {
    const [, rowsPerTap] = rows;
    const depthBlocks = grouped(segments(...depth, blockDepth), blockDepth);
    const stride = columns * 4;
    for (const rowGroup of grouped(segments(...rows, blockRows), groupRows)) {
      for (const columnBlock of segments(1, columns, blockColumns)) {
        depthBlocks.forEach((depthBlock, index) => {
          this.#pack(right, rightWidth, columnBlock, depthBlock, this.#scratch.right);
          for (const rowBlock of rowGroup) {
            this.#pack(left, leftWidth, rowBlock, depthBlock, this.#scratch.left);
            const row = rowBlock.tap * rowsPerTap + rowBlock.start;
            const target = address + row * stride + columnBlock.start * 4;
            const size = totalCount(depthBlock);
            this.#multiply(rowBlock.count, columnBlock.count, size, target, stride, index > 0);
          }
        });
      }
    }
  }

  #multiply(
    rows: number,
    columns: number,
    depth: number,
    address: number,
    stride: number,
    add: boolean,
  ): void {
    const { left, right, corner } = this.#scratch;
    this.#exports.multiply(left, right, rows, columns, depth, address, stride, Number(add), corner);
  }

  /** Packs a block of a factor's rows or columns, over a block of the depth. */
  #pack(
    { rows, alongDepth }: Factor,
    width: number,
    block: Segment,
    depthBlock: readonly Segment[],
    target: number,
  ): void {
    const { zeros, addresses } = this.#scratch;
    const list = new Uint32Array(this.#memory.buffer, addresses, blockColumns);
    const panels = Math.ceil(block.count / width);
    const panelBytes = totalCount(depthBlock) * width * 4;
    let to = target;
    for (const segment of depthBlock) {
      // Either the depth or the block has several taps; the tap of the other one is 0.
      const tap = segment.tap + block.tap;
      if (alongDepth) {
        locateRows(list, rows, { ...block, tap }, segment.start, zeros);
        list.fill(zeros, block.count, panels * width);
        this.#exports.pack_along(addresses, panels, width, segment.count, to, panelBytes);
      } else {
        locateRows(list, rows, { ...segment, tap }, block.start, zeros);
        this.#exports.pack_across(addresses, block.count, width, segment.count, to, panelBytes);
      }
      to += segment.count * width * 4;
    }
  }
}

/** Groups consecutive segments, up to `max` rows or columns in a group. */
function grouped(all: readonly Segment[], max: number): Segment[][] {
  const groups: Segment[][] = [];
  let left = 0;
  for (const segment of all) {
    if (segment.count > left) {
      groups.push([]);
      left = max;
    }
    groups.at(-1)!.push(segment);
    left -= segment.count;
  }
  return groups;
}

function totalCount(segments: readonly Segment[]): number {
  return segments.reduce((sum, { count }) => sum + count, 0);
}
