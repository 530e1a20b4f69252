import type { tf } from "../tf.ts";

/** A call of one of TensorFlow's operations that update variables in place, in one pass over the memory. */
export interface InPlaceUpdate {
  /** The operation: `ResourceApplyMomentum`, for example. */
  readonly operation: string;
  /** The variables that it updates, which are its first inputs. */
  readonly variables: readonly tf.Variable[];
  /** Its other inputs, in their order; a number is a scalar. */
  readonly operands: readonly (tf.Tensor | number)[];
  /** Those of its options that are set. */
  readonly flags?: Readonly<Record<string, boolean>>;
}

/** Updates in place; returns `false` if it cannot at the moment. */
type Updater = (update: InPlaceUpdate) => boolean;

let updater: Updater | undefined;

/** Sets the function that an engine uses to update in place. */
export function replaceInPlaceUpdates(replacement: Updater): void {
  updater = replacement;
}

/** Updates variables in place, or returns `false` where the engine cannot: outside compiled functions. */
export function updateInPlace(update: InPlaceUpdate): boolean {
  return updater?.(update) ?? false;
}
