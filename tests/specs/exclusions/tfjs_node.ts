import type { Exclusion } from "../exclusions.ts";

/** What need not pass of tfjs-node's own specs. */
export const tfjsNodeExclusions: readonly Exclusion[] = [
  {
    reason: "TensorFlow now computes dilated 3-D convolutions on processors, see tests/engine/node",
    specs: ["conv3d dilations CPU should throw error on dilations >1"],
    failure: /Expected function to throw an Error/,
  },
  {
    reason: "it allows the process to grow by 1 MB, which its garbage collection exceeds; " +
      "tests/engine/node/images_test.ts measures the same after a collection",
    specs: ["decode images decode jpeg node bindings do not leak"],
    failure: /Expected \d+ to be less than \d+/,
  },
];
