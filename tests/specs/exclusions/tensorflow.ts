import type { Exclusion } from "../exclusions.ts";

/** What this engine, or TensorFlow itself, does otherwise than TensorFlow.js's specs. */
export const tensorflowExclusions: readonly Exclusion[] = [
  {
    reason: "the spec averages over the pixels within the image, but divides the gradient by the " +
      "whole window: it is not the average's gradient",
    specs: ["avgPool gradient x=[3,3,1] f=[3,3] s=1 p=explicit"],
    failure: /actual\[1\] = 1\.7/,
  },
  {
    reason: "the spec wants the image itself of windows of one pixel, three of four of which lie " +
      "outside the image",
    specs: [
      "pool avg x=[2,2,3] f=[1,1] s=2 p=1 fractional",
      "pool max x=[2,2,3] f=[1,1] s=2 p=1 fractional",
    ],
    failure: /actual\[0\] = (0|-Infinity), expected\[0\] = 1/,
  },
  {
    reason: "the spec wants refused what TensorFlow can do",
    specs: ["einsum 2d matrix calculate trace"],
  },
  {
    reason: "TensorFlow refuses this in other words",
    specs: [
      "raggedGather  InvalidSplitsNotSorted",
      "sparseFillEmptyRows throw error if negative row",
    ],
    failure: /Ragged splits must be sorted\.|is invalid: -1 >= 5/,
  },
];
