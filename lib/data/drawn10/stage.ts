import type { SKRSContext2D } from "@napi-rs/canvas";
import type { RandomStream } from "../../random/stream.ts";
import type { Light } from "./light.ts";

/** The canvas's drawing context. */
export type Pen = SKRSContext2D;

/**
 * Where a picture is drawn. The frame is 100 × 100 units, whatever the picture's size in pixels;
 * a subject stands on its origin and reaches up to about y = -60 (y grows downwards).
 */
export interface Stage {
  readonly pen: Pen;
  readonly random: RandomStream;
  readonly light: Light;
}

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

/** The stage as a mirrored subject sees it: its light comes from the other side. */
export function mirrored(stage: Stage): Stage {
  return { ...stage, light: { ...stage.light, side: -stage.light.side } };
}

/** Whether something that happens this often happens now. */
export function chance(random: RandomStream, probability: number): boolean {
  return random.uniform(0, 1) < probability;
}

/** One of several, each as likely as the next. */
export function pick<Value>(random: RandomStream, values: readonly [Value, ...Value[]]): Value {
  return values[random.integer(0, values.length - 1)] ?? values[0];
}
