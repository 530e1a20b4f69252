import type { FileFacts } from "../file_content.ts";
import type { StoredArray } from "../weights_file.ts";

const note = "its one output was taken for two classes by the sigmoid; class 1 is the positive one";

interface ArraysAndFacts {
  readonly arrays: ReadonlyMap<string, StoredArray>;
  readonly facts: FileFacts;
}

/**
 * Replaces one output z, the sigmoid of which is the probability of the second of two classes, by two
 * outputs: 0 and z. Their softmax is the same. A file rarely says whether its output stands for that.
 */
export function withTwoOutputs({ arrays, facts }: ArraysAndFacts): ArraysAndFacts {
  const [kernel, bias] = ["predictions/kernel", "predictions/bias"].map((name) => arrays.get(name));
  if (!kernel || kernel.shape[1] !== 1) return { arrays, facts };
  return {
    arrays: new Map([
      ...arrays,
      ["predictions/kernel", afterZeros(kernel, [kernel.shape[0]!, 2])],
      ...(bias ? [["predictions/bias", afterZeros(bias, [2])] as const] : []),
    ]),
    facts: { ...facts, notes: [...facts.notes ?? [], note] },
  };
}

/** Puts a zero before each value. */
function afterZeros({ read }: StoredArray, shape: readonly number[]): StoredArray {
  return {
    shape,
    read: async () => {
      const values = await read();
      const pairs = new Float32Array(2 * values.length);
      values.forEach((value, index) => pairs[2 * index + 1] = value);
      return pairs;
    },
  };
}
