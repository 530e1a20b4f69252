import type { SKRSContext2D } from "@napi-rs/canvas";
import type { RandomStream } from "../../random/stream.ts";

/** The canvas's drawing context. */
export type Pen = SKRSContext2D;

/** Calls `action` with the pen's coordinate system moved, rotated and scaled. */
export function within(
  pen: Pen,
  { x = 0, y = 0, turn = 0, scale = 1, flip = false }: {
    readonly x?: number;
    readonly y?: number;
    readonly turn?: number;
    readonly scale?: number;
    readonly flip?: boolean;
  },
  action: () => void,
): void {
  pen.save();
  pen.translate(x, y);
  pen.rotate(turn);
  pen.scale(flip ? -scale : scale, scale);
  action();
  pen.restore();
}

/** Returns true with the given probability. */
export function chance(random: RandomStream, probability: number): boolean {
  return random.uniform(0, 1) < probability;
}

/** Returns one of the values, each with equal probability. */
export function pick<Value>(random: RandomStream, values: readonly [Value, ...Value[]]): Value {
  return values[random.integer(0, values.length - 1)] ?? values[0];
}
