import type { tf } from "../../tf.ts";
import type { InputSource } from "./traced_tensors.ts";

/** The variables that a call of a compiled function uses. */
export interface VariableUse {
  readonly read: ReadonlySet<tf.Variable>;
  readonly written: ReadonlySet<tf.Variable>;
}

/** Returns the variables that a traced function uses. */
export function variableUse(
  { sources, written }: {
    readonly sources: readonly InputSource[];
    readonly written: readonly tf.Variable[];
  },
): VariableUse {
  const read = sources.flatMap((source) => "variable" in source ? [source.variable] : []);
  return { read: new Set(read), written: new Set(written) };
}

/**
 * The asynchronous calls of compiled functions that have not ended. Calls that only read a variable run
 * at the same time. A call that writes one waits for all earlier calls that use it, and later calls that
 * use it wait for that call: TensorFlow's own operations lock a variable for one operation only, so that
 * updates would be lost.
 */
export class RunningCalls {
  readonly #calls = new Set<{ readonly use: VariableUse; readonly end: Promise<void> }>();

  /** Whether a call with these variables would have to wait. */
  mustWait(use: VariableUse): boolean {
    return this.#conflicting(use).length > 0;
  }

  /**
   * Runs a call as soon as the earlier ones that it conflicts with have ended.
   *
   * @returns What `call` returns.
   */
  async run<T>(use: VariableUse, call: () => Promise<T>): Promise<T> {
    const before = this.#conflicting(use);
    const { promise: end, resolve } = Promise.withResolvers<void>();
    const own = { use, end };
    this.#calls.add(own);
    try {
      if (before.length > 0) await Promise.all(before);
      return await call();
    } finally {
      this.#calls.delete(own);
      resolve();
    }
  }

  #conflicting({ read, written }: VariableUse): Promise<void>[] {
    return [...this.#calls].filter(({ use: other }) =>
      !written.isDisjointFrom(other.read) || !written.isDisjointFrom(other.written) ||
      !other.written.isDisjointFrom(read)
    ).map(({ end }) => end);
  }
}
