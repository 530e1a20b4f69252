import type { CompiledResult } from "../../compile.ts";
import { CompileError } from "../../errors.ts";
import { tf } from "../../tf.ts";

/** How a function's results are built from a flat list of tensors. */
export interface ResultStructure<Result extends CompiledResult> {
  readonly count: number;
  restore(tensors: tf.Tensor[]): Result;
}

/**
 * Flattens a function's results into a list of tensors.
 *
 * @throws {CompileError} If they are not a tensor, or an array or object of tensors.
 */
export function flattenResult<Result extends CompiledResult>(
  result: Result,
): { tensors: tf.Tensor[]; structure: ResultStructure<Result> } {
  if (Object(result) !== result || Object(result) instanceof Promise) {
    throw new CompileError(
      "a compiled function must return a tensor, or an array or an object of tensors, and not a " +
        `promise. Received: ${result instanceof Promise ? "a promise" : typeof result}`,
    );
  }
  if (result instanceof tf.Tensor) return flattened([result], ([tensor]) => tensor);
  if (Array.isArray(result)) return flattened(result, (tensors) => tensors);
  const names = Object.keys(Object(result));
  return flattened(
    Object.values(Object(result)),
    (tensors) => Object.fromEntries(tensors.map((tensor, index) => [names[index], tensor])),
  );
}

function flattened<Result extends CompiledResult>(
  tensors: unknown[],
  restore: (tensors: tf.Tensor[]) => unknown,
): { tensors: tf.Tensor[]; structure: ResultStructure<Result> } {
  const other = tensors.find((tensor) => !(tensor instanceof tf.Tensor));
  if (other !== undefined) {
    throw new CompileError(
      "a compiled function must return a tensor, or an array or an object of tensors. Received: " +
        `${typeof other} among them`,
    );
  }
  const structure = {
    count: tensors.length,
    // The boundary to the function's own type: the results get the structure that it returned.
    restore: (outputs: tf.Tensor[]) => restore(outputs) as Result,
  };
  return { tensors: tensors as tf.Tensor[], structure };
}
