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
    reason: "TensorFlow refuses this while it builds the function, in other words",
    specs: [
      "avgPool3d x=[1,1,1,1,1] f=[1,1,3] s=1 p=valid",
      "einsum mismatched dimensions",
      "einsum incorrect number of tensors",
    ],
  },
  {
    reason: "oneDNN's softmax, which functions get, makes 0 of a row with NaN",
    specs: ["softmax Propagates NaNs"],
  },
];
