import type { Precision } from "../../lib/engine/compile.ts";
import type { NetworkCase } from "./protocol.ts";

/** A case and how many steps of it make a turn, so that turns last about as long. */
export interface Case extends NetworkCase {
  readonly steps: number;
}

const sizes = [
  { size: 32, batch: 64, hidden: 512, steps: 5 },
  { size: 224, batch: 8, hidden: 4096, steps: 2 },
] as const;

/** Every case of the benchmark. */
export const cases: readonly Case[] = (["train", "predict"] as const).flatMap((what) =>
  sizes.flatMap((size) =>
    (["float32", "bfloat16"] as const satisfies Precision[]).map((precision) => ({
      what,
      precision,
      ...size,
    }))
  )
);

/** `train-32-float32` */
export function caseName({ what, size, precision }: NetworkCase): string {
  return `${what}-${size}-${precision}`;
}

/** All that can be asked for: the cases, the time to the first step, and epochs on files. */
export const everything: readonly string[] = [...cases.map(caseName), "start", "epoch"];

/**
 * The names that contain one of the words of a list like `train-32,start`.
 *
 * @throws {RangeError} For a word that no name contains.
 */
export function chosen(list: string): Set<string> {
  const words = list.split(",").map((word) => word.trim());
  for (const word of words) {
    if (word && everything.some((name) => name.includes(word))) continue;
    throw new RangeError(`--cases must name parts of ${everything.join(", ")}. Received: ${word}`);
  }
  return new Set(everything.filter((name) => words.some((word) => name.includes(word))));
}
