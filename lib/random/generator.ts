import { xoroshiro128plusFromState } from "pure-rand/generator/xoroshiro128plus";
import type { RandomGenerator } from "pure-rand/types/RandomGenerator";

/**
 * Makes a generator of 32-bit integers from words that name it, such as a seed and a layer's name. The
 * same words give the same numbers on every machine, other words unrelated ones.
 *
 * @example
 * ```ts
 * const generator = randomGenerator(42, "block1_conv1");
 * generator.next(); // an integer from -2³¹ to 2³¹ - 1
 * ```
 */
export function randomGenerator(...words: (number | string)[]): RandomGenerator {
  const integers = words.flatMap((word) =>
    typeof word === "number"
      ? [word | 0, Math.floor(word / 2 ** 32) | 0]
      // The length in front keeps ("ab", "c") apart from ("a", "bc").
      : [word.length, ...Array.from(word, (letter) => letter.codePointAt(0) ?? 0)]
  );
  const state = [1, 2, 3, 4].map((lane) =>
    integers.reduce((hash, integer) => scramble(hash ^ integer), scramble(lane))
  );
  return xoroshiro128plusFromState(state);
}

/** MurmurHash3's finalizer after a step of the golden ratio: each input bit affects all output bits. */
function scramble(value: number): number {
  let hash = (value + 0x9e3779b9) | 0;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return hash ^ (hash >>> 16);
}
