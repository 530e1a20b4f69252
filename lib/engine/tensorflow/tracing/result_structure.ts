import type { CompiledResult } from "../../compile.ts";
import { tf } from "../../tf.ts";
import { CompileError } from "./errors.ts";

/** How a function's results are made of a list of tensors. */
export interface ResultStructure<Result extends CompiledResult> {
  readonly count: number;
  restore(tensors: tf.Tensor[]): Result;
}

/** Takes a function's results apart. */
export function flattenResult<Result extends CompiledResult>(
  result: Result,
): { tensors: tf.Tensor[]; layout: ResultStructure<Result> } {
  if (Object(result) !== result || Object(result) instanceof Promise) {
    throw new CompileError(
      "a compiled function must give a tensor, or an array or an object of tensors, and at once. " +
        `Received: ${result instanceof Promise ? "a promise" : typeof result}`,
    );
  }
  if (result instanceof tf.Tensor) return listed([result], ([tensor]) => tensor);
  if (Array.isArray(result)) return listed(result, (tensors) => tensors);
  const names = Object.keys(Object(result));
  return listed(
    Object.values(Object(result)),
    (tensors) => Object.fromEntries(tensors.map((tensor, index) => [names[index], tensor])),
  );
}

function listed<Result extends CompiledResult>(
  tensors: unknown[],
  restore: (tensors: tf.Tensor[]) => unknown,
): { tensors: tf.Tensor[]; layout: ResultStructure<Result> } {
  const other = tensors.find((tensor) => !(tensor instanceof tf.Tensor));
  if (other !== undefined) {
    throw new CompileError(
      "a compiled function must give a tensor, or an array or an object of tensors. Received: " +
        `${typeof other} among them`,
    );
  }
  const layout = {
    count: tensors.length,
    // The boundary to the function's own type: what comes back is laid out as what it gave.
    restore: (made: tf.Tensor[]) => restore(made) as Result,
  };
  return { tensors: tensors as tf.Tensor[], layout };
}
