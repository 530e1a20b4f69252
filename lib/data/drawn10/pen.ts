import type { SKRSContext2D } from "@napi-rs/canvas";
import type { RandomStream } from "../../random/stream.ts";

/** The canvas's drawing context. */
export type Pen = SKRSContext2D;

/** Draws `action` in a coordinate system of its own, moved, turned and scaled. */
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

/** Whether something that happens this often happens now. */
export function chance(random: RandomStream, probability: number): boolean {
  return random.uniform(0, 1) < probability;
}

/** One of several, each as likely as the next. */
export function pick<Value>(random: RandomStream, values: readonly [Value, ...Value[]]): Value {
  return values[random.integer(0, values.length - 1)] ?? values[0];
}
