import { OptionError } from "../../errors.ts";

/** Where a training stands, in epochs counted from 1. */
export interface EpochsSoFar {
  /** The last finished epoch. */
  readonly epoch: number;
  /** The first epoch with the highest validation accuracy so far. */
  readonly bestEpoch: number;
}

/**
 * Whether validation accuracy has not risen for `patience` epochs. A patience of 0 never ends, and
 * neither does a training without validation images, whose best epoch is always the last.
 */
export function isOutOfPatience({ epoch, bestEpoch }: EpochsSoFar, patience: number): boolean {
  return patience > 0 && epoch - bestEpoch >= patience;
}

/**
 * What early stopping would have made of a training that is over.
 *
 * @param accuracies The validation accuracy of each epoch.
 * @returns The epoch after which it would have ended (the last where it would not have), and the best
 * one until then.
 * @throws {OptionError} Where there is no epoch.
 *
 * @example
 * ```ts
 * import { stopEarly } from "vgg";
 *
 * stopEarly([0.4, 0.6, 0.5, 0.5, 0.7], 2); // { epoch: 4, bestEpoch: 2 }
 * ```
 */
export function stopEarly(accuracies: readonly number[], patience: number): EpochsSoFar {
  if (accuracies.length === 0) {
    throw new OptionError("early stopping needs one epoch or more. Received: none");
  }
  let bestEpoch = 1;
  for (let epoch = 1; epoch <= accuracies.length; epoch++) {
    // Without validation images the accuracies are NaN, and the last epoch is the best.
    if (!(accuracies[epoch - 1]! <= accuracies[bestEpoch - 1]!)) bestEpoch = epoch;
    if (isOutOfPatience({ epoch, bestEpoch }, patience)) return { epoch, bestEpoch };
  }
  return { epoch: accuracies.length, bestEpoch };
}
