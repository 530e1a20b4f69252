import type { Pointer } from "../../../open_library.ts";
import type { tf } from "../../tf.ts";
import type { Binding } from "../binding.ts";
import type { OpAttribute } from "../capi/attributes.ts";
import { DataType } from "../capi/c_api.ts";
import type { Values } from "../capi/host_tensors.ts";
import { typeAttribute } from "./graph.ts";

type Handle = Pointer;

/** What computes a {@linkcode FixedValue}. */
interface Evaluation {
  readonly binding: Binding;
  /** A new handle of a variable's value. */
  readonly readVariable: (variable: tf.Variable) => Handle;
}

/**
 * A tensor of a trace that depends on nothing but variables and constants, as an expression that can be
 * computed outside the compiled function. It is the same in every call until one of its variables changes.
 */
export class FixedValue {
  /** Equal values have equal keys. */
  readonly key: string;
  readonly variables: ReadonlySet<tf.Variable>;
  /** Whether it is a variable's memory, in another shape at most. */
  readonly isView: boolean;
  readonly #compute: (evaluation: Evaluation) => Handle;

  private constructor(
    key: string,
    variables: ReadonlySet<tf.Variable>,
    compute: (evaluation: Evaluation) => Handle,
    isView = false,
  ) {
    this.key = key;
    this.variables = variables;
    this.isView = isView;
    this.#compute = compute;
  }

  static variable(variable: tf.Variable): FixedValue {
    return new FixedValue(
      `variable ${variable.id}`,
      new Set([variable]),
      ({ readVariable }) => readVariable(variable),
      true,
    );
  }

  /** @param key Equal constants have equal ones. */
  static constant(
    key: string,
    { shape, dtype, values }: { shape: readonly number[]; dtype: number; values: Values },
  ): FixedValue {
    return new FixedValue(key, new Set(), ({ binding }) => {
      const id = binding.createTensor([...shape], dtype, values);
      try {
        return binding.tensors.share(id);
      } finally {
        binding.tensors.delete(id);
      }
    });
  }

  /**
   * The result of an op of values, `undefined` if it may be another one in each call, or is not worth
   * keeping.
   */
  static operation(
    name: string,
    attributes: readonly OpAttribute[],
    operands: readonly (FixedValue | undefined)[],
  ): FixedValue | undefined {
    const values = operands.filter((operand) => operand !== undefined);
    const type = attributes.find((attribute) => attribute.name === "T")?.value;
    const isFixed = fixedOps.has(name) && values.length === operands.length &&
      type === DataType.float32;
    if (!isFixed) return undefined;
    return FixedValue.#operation(name, attributes, values);
  }

  /** The value in another type. */
  cast(from: number, to: number): FixedValue {
    if (from === to) return this;
    return FixedValue.#operation(
      "Cast",
      [typeAttribute("SrcT", from), typeAttribute("DstT", to)],
      [this],
    );
  }

  /** Computes it. The caller owns the handle. */
  compute(evaluation: Evaluation): Handle {
    return this.#compute(evaluation);
  }

  static #operation(
    name: string,
    attributes: readonly OpAttribute[],
    operands: readonly FixedValue[],
  ): FixedValue {
    return new FixedValue(
      `${name} ${JSON.stringify(attributes)} (${operands.map(({ key }) => key).join(", ")})`,
      operands.reduce((all, { variables }) => all.union(variables), new Set<tf.Variable>()),
      (evaluation) => {
        const { context } = evaluation.binding;
        const handles: Handle[] = [];
        try {
          for (const operand of operands) handles.push(operand.compute(evaluation));
          return context.run(name, attributes, handles, 1)[0]!;
        } finally {
          for (const handle of handles) context.release(handle);
        }
      },
      name === "Reshape" && operands[0]!.isView,
    );
  }
}

/** Ops without state, with one result, of which prepared weights are made. */
const fixedOps = new Set([
  "Add",
  "ConcatV2",
  "MatMul",
  "Mul",
  "Neg",
  "Reshape",
  "Rsqrt",
  "Slice",
  "Sub",
]);
