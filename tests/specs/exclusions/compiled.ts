import type { Exclusion } from "../exclusions.ts";
import { tensorflowExclusions } from "./tensorflow.ts";

/** What kernels do otherwise as compiled functions. */
export const compiledExclusions: readonly Exclusion[] = [
  ...tensorflowExclusions,
  {
    reason: "compiling gives data of its own to a variable that shares another tensor's, and the " +
      "specs count data; tests/engine/tensorflow/compile count tensors and handles",
    specs: [
      ...["Adadelta", "Adagrad", "Adam", "Adamax", "Momentum", "RMSProp", "SGD"].map((name) =>
        `${name}Optimizer`
      ),
      "gather gradient",
      "gradients saves tensors from the forward pass",
      "optimizer",
      "variable",
    ],
    failure: /internal memory leak/,
  },
  {
    reason: "debug mode reads each result, which cannot be had while a function is recorded",
    failure: /cannot read a tensor's values/,
  },
  {
    reason: "TensorFlow refuses this while the function runs, in other words",
    specs: ["gather throws when index is out of bound"],
    failure: /indices\[.*\] = -?\d+ is not in \[0, \d+\)/,
  },
  {
    reason: "TensorFlow refuses this while it builds the function, in other words",
    specs: [
      "raggedGather  BadValuesShape",
      "raggedRange  InvalidArgs",
      "sparseReshape throw error if negative output dim",
    ],
    failure:
      /Shape must be at (most|least) rank 1|Dimensions must be equal|must be non-negative, not -7/,
  },
];
