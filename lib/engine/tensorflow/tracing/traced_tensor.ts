import { type Graph, type GraphTensor, type Operation, typeAttribute } from "./graph.ts";

/** A tensor of a recording, in each type in which somebody needed it. */
export class TracedTensor {
  readonly #forms: Map<number, GraphTensor>;

  /**
   * @param label How the journal calls it.
   * @param dtype The type that the function sees; `tensor` may have another.
   * @param onUse Told each operation that uses `tensor` itself.
   */
  constructor(
    readonly label: string,
    readonly shape: number[],
    readonly dtype: number,
    readonly tensor: GraphTensor,
    readonly onUse?: (operation: Operation) => void,
  ) {
    this.#forms = new Map([[tensor.dtype, tensor]]);
  }

  /** The tensor cast to a type, if somebody needed it so. */
  castTo(dtype: number): GraphTensor | undefined {
    return dtype === this.tensor.dtype ? undefined : this.#forms.get(dtype);
  }

  /** The tensor in a type, cast at most once. */
  as(dtype: number, graph: Graph): GraphTensor {
    const known = this.#forms.get(dtype);
    if (known) return known;
    const types = [typeAttribute("SrcT", this.tensor.dtype), typeAttribute("DstT", dtype)];
    const operation = graph.add("Cast", [this.tensor], types);
    this.onUse?.(operation);
    const cast = graph.outputs(operation, 1)[0]!;
    this.#forms.set(dtype, cast);
    return cast;
  }
}
