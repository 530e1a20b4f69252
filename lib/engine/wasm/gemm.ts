import type { Heap } from "./heap.ts";
import { compileModule } from "./module.ts";
import { locate, type Rows, type Segment, segments } from "./addressing.ts";

/** One factor of a product: a matrix whose numbers are neighbours along one of its sides. */
export interface Factor {
  readonly rows: Rows;
  /** Whether its rows run along the depth, the side that is summed over; else across it. */
  readonly along: boolean;
}

/** A product of two matrices; addresses and strides are bytes. */
export interface Gemm {
  readonly left: Factor;
  readonly right: Factor;
  /** Taps of a filter times rows each. */
  readonly rows: readonly [taps: number, length: number];
  readonly columns: number;
  /** Taps of a filter times numbers each. */
  readonly depth: readonly [taps: number, length: number];
  readonly address: number;
}

/** The functions of product.wat. */
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
const multipliers = new WeakMap<Heap, GemmKernel>();

/** The multiplier of a heap, made when it is first needed. */
export function gemmKernel(heap: Heap): GemmKernel {
  const multiplier = multipliers.get(heap) ?? new GemmKernel(heap, module);
  multipliers.set(heap, multiplier);
  return multiplier;
}

/** Sizes of product.wat's panels, and of blocks that stay in a processor's caches. */
const [leftWidth, rightWidth] = [6, 8];
const [rowsAtOnce, depthAtOnce, columnsAtOnce] = [192, 256, 512];
/** Rows that share one packed block of the right factor. */
const rowsInTurn = 8 * rowsAtOnce;

/** A memory, of which parts can be had for good. */
type Room = Pick<Heap, "memory" | "reserve">;

/**
 * Products of matrices in a backend's memory. It is several times as fast as the stock kernels where
 * a factor is transposed, and needs no copies of images for the gradients of a convolution.
 */
export class GemmKernel {
  readonly #memory: WebAssembly.Memory;
  readonly #exports: Exports;
  readonly #room: Readonly<Record<"left" | "right" | "addresses" | "zeros" | "corner", number>>;

  /**
   * @param room Where it works, and keeps what it packs.
   * @param module The compiled product.wasm, or product_shared.wasm for a memory that is shared.
   */
  constructor(room: Room, module: WebAssembly.Module) {
    this.#memory = room.memory;
    const { exports } = new WebAssembly.Instance(module, { backend: { memory: room.memory } });
    // The boundary to WebAssembly, whose exports have no types.
    this.#exports = exports as unknown as Exports;
    const zeros = room.reserve(columnsAtOnce * 4);
    new Float32Array(this.#memory.buffer, zeros, columnsAtOnce).fill(0);
    this.#room = {
      left: room.reserve(rowsAtOnce * depthAtOnce * 4),
      right: room.reserve(columnsAtOnce * depthAtOnce * 4),
      addresses: room.reserve(columnsAtOnce * 4),
      zeros,
      corner: room.reserve(leftWidth * rightWidth * 4),
    };
  }

  /** Writes the product; what was at its address is lost. */
  run({ left, right, rows, columns, depth, address }: Gemm): void {
    const [, rowsPerTap] = rows;
    const depthBlocks = joined(segments(...depth, depthAtOnce), depthAtOnce);
    const stride = columns * 4;
    for (const turn of joined(segments(...rows, rowsAtOnce), rowsInTurn)) {
      for (const part of segments(1, columns, columnsAtOnce)) {
        depthBlocks.forEach((block, index) => {
          const deep = block.reduce((sum, { count }) => sum + count, 0);
          this.#pack(right, rightWidth, part, block, this.#room.right);
          for (const piece of turn) {
            this.#pack(left, leftWidth, piece, block, this.#room.left);
            const to = address + (piece.tap * rowsPerTap + piece.start) * stride + part.start * 4;
            this.#multiply(piece.count, part.count, deep, to, stride, index > 0);
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
    const { left, right, corner } = this.#room;
    this.#exports.multiply(left, right, rows, columns, depth, address, stride, Number(add), corner);
  }

  /** Packs a piece of a factor's side, over a block of the depth. */
  #pack(
    { rows, along }: Factor,
    width: number,
    side: Segment,
    block: readonly Segment[],
    target: number,
  ): void {
    const { zeros, addresses } = this.#room;
    const list = new Uint32Array(this.#memory.buffer, addresses, columnsAtOnce);
    const panels = Math.ceil(side.count / width);
    const deep = block.reduce((sum, { count }) => sum + count, 0);
    const step = deep * width * 4;
    let to = target;
    for (const piece of block) {
      // A tap belongs to the depth or to the side, whichever has several.
      const tap = piece.tap + side.tap;
      if (along) {
        locate(list, rows, { ...side, tap }, piece.start, zeros);
        list.fill(zeros, side.count, panels * width);
        this.#exports.pack_along(addresses, panels, width, piece.count, to, step);
      } else {
        locate(list, rows, { ...piece, tap }, side.start, zeros);
        this.#exports.pack_across(addresses, side.count, width, piece.count, to, step);
      }
      to += piece.count * width * 4;
    }
  }
}

/** Puts neighbouring segments together, up to `MAX_CHECKPOINTS` numbers. */
function joined(pieces: readonly Segment[], most: number): Segment[][] {
  const groups: Segment[][] = [];
  let room = 0;
  for (const piece of pieces) {
    if (piece.count > room) {
      groups.push([]);
      room = most;
    }
    groups.at(-1)!.push(piece);
    room -= piece.count;
  }
  return groups;
}
