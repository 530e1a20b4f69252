import type { FixedValue } from "./fixed_value.ts";
import { type Graph, type GraphTensor, type Operation, typeAttribute } from "./graph.ts";

/** An operand of an operation, and the type in which that takes it. */
export interface Use {
  readonly operand: TracedTensor;
  readonly dtype: number;
}

/** A tensor of a trace, with its casts to other types. */
export class TracedTensor {
  readonly onUse: ((operation: Operation) => void) | undefined;
  /** Its value, where that depends on variables and constants alone and is kept from call to call. */
  readonly fixed: FixedValue | undefined;
  /** What it was computed of. */
  readonly uses: readonly Use[];
  readonly #cast: ((dtype: number) => GraphTensor) | undefined;
  readonly #byType: Map<number, GraphTensor>;

  /**
   * @param label Its name in the trace log.
   * @param dtype The type that the function sees; `tensor` may have another one.
   * @param hooks `onUse` is called with each operation that uses `tensor` itself, not a cast; `cast` makes
   *   a cast, if not of `tensor` itself.
   */
  constructor(
    readonly label: string,
    readonly shape: number[],
    readonly dtype: number,
    readonly tensor: GraphTensor,
    { onUse, cast, fixed, uses = [] }: {
      onUse?: ((operation: Operation) => void) | undefined;
      cast?: ((dtype: number) => GraphTensor) | undefined;
      fixed?: FixedValue | undefined;
      uses?: readonly Use[];
    } = {},
  ) {
    this.onUse = onUse;
    this.fixed = fixed;
    this.uses = uses;
    this.#cast = cast;
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
    const made = this.#cast?.(dtype) ?? this.#castItself(dtype, graph);
    this.#byType.set(dtype, made);
    return made;
  }

  #castItself(dtype: number, graph: Graph): GraphTensor {
    const types = [typeAttribute("SrcT", this.tensor.dtype), typeAttribute("DstT", dtype)];
    const operation = graph.add("Cast", [this.tensor], types);
    this.onUse?.(operation);
    return graph.outputs(operation, 1)[0]!;
  }
}
