import { type Graph, type GraphTensor, type Operation, typeAttribute } from "./graph.ts";

/** A tensor of a trace, with its casts to other types. */
export class TracedTensor {
  readonly #byType: Map<number, GraphTensor>;

  /**
   * @param label Its name in the trace log.
   * @param dtype The type that the function sees; `tensor` may have another one.
   * @param onUse Called with each operation that uses `tensor` itself, not a cast.
   */
  constructor(
    readonly label: string,
    readonly shape: number[],
    readonly dtype: number,
    readonly tensor: GraphTensor,
    readonly onUse?: (operation: Operation) => void,
  ) {
    this.#byType = new Map([[tensor.dtype, tensor]]);
  }

  /** The cast to a type, if {@linkcode as} has made one. */
  castTo(dtype: number): GraphTensor | undefined {
    return dtype === this.tensor.dtype ? undefined : this.#byType.get(dtype);
  }

  /** The tensor in a type; each cast is made once. */
  as(dtype: number, graph: Graph): GraphTensor {
    const known = this.#byType.get(dtype);
    if (known) return known;
    const types = [typeAttribute("SrcT", this.tensor.dtype), typeAttribute("DstT", dtype)];
    const operation = graph.add("Cast", [this.tensor], types);
    this.onUse?.(operation);
    const cast = graph.outputs(operation, 1)[0]!;
    this.#byType.set(dtype, cast);
    return cast;
  }
}
