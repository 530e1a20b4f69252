import { type Color, css } from "../color.ts";
import { ballFill, lit } from "../light.ts";
import { strokeHairs, strokeHairsAlong } from "../patterns.ts";
import type { Scene } from "../scene.ts";
import { limb, oval, type Point } from "../shapes.ts";

/** Color and hairs of fur. */
export interface Coat {
  readonly color: Color;
  /** The length of the hairs. */
  readonly length: number;
  /** The angle of the hairs in radians; 0 points straight down. */
  readonly lean?: number;
}

/** A furry part of a body: a ball under hairs that are brighter toward the light. */
export function furryOval(
  { pen, random, light }: Scene,
  [x, y]: Point,
  radiusX: number,
  radiusY: number,
  { color, length, lean = 0 }: Coat,
): void {
  pen.fillStyle = ballFill(pen, light, x, y, Math.max(radiusX, radiusY), color);
  oval(pen, x, y, radiusX, radiusY);
  pen.fill();
  pen.lineCap = "butt";
  const count = Math.min(60, 12 + radiusX * radiusY * 0.25);
  for (const facing of [-0.7, 0.35]) {
    pen.strokeStyle = css(lit(light, color, facing), 0.9);
    const shift: Point = [x + light.side * facing * radiusX * 0.45, y - facing * radiusY * 0.35];
    strokeHairs(pen, random, shift, radiusX * 0.85, radiusY * 0.82, { count, length, lean });
  }
}

/** A furry arm, leg or tail. */
export function furryLimb(
  { pen, random, light }: Scene,
  [from, bend, to]: readonly [Point, Point, Point],
  [startWidth, endWidth]: readonly [number, number],
  { color }: Coat,
): void {
  limb(pen, from, bend, to, startWidth, endWidth);
  pen.fillStyle = css(lit(light, color, -0.35));
  pen.fill();
  const middle: Point = [
    (from[0] + 2 * bend[0] + to[0]) / 4,
    (from[1] + 2 * bend[1] + to[1]) / 4,
  ];
  const middleWidth = (startWidth + endWidth) / 2;
  pen.lineCap = "butt";
  for (const facing of [-0.6, 0.4]) {
    pen.strokeStyle = css(lit(light, color, facing), 0.9);
    const shift = ([x, y]: Point): Point => [x + light.side * facing * 1.6, y - facing * 1.2];
    strokeHairsAlong(pen, random, shift(from), shift(middle), startWidth);
    if (facing > 0) strokeHairsAlong(pen, random, shift(middle), shift(to), middleWidth);
  }
}
