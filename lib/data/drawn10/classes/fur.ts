import { type Color, css } from "../color.ts";
import { ballFill, lit } from "../light.ts";
import type { Scene } from "../scene.ts";
import { limb, oval, type Point, strokeHairs, strokePath, written } from "../shapes.ts";

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
  pen.lineWidth = 0.65;
  const count = Math.min(80, 12 + radiusX * radiusY * 0.34);
  for (const facing of [-0.7, 0.35]) {
    pen.strokeStyle = css(lit(light, color, facing), 0.75);
    const shift: Point = [x + light.side * facing * radiusX * 0.45, y - facing * radiusY * 0.35];
    strokeHairs(pen, random, shift, radiusX * 0.85, radiusY * 0.82, { count, length, lean });
  }
}

/** A furry arm, leg or tail. */
export function furryLimb(
  { pen, random, light }: Scene,
  [from, bend, to]: readonly [Point, Point, Point],
  [startWidth, endWidth]: readonly [number, number],
  { color, length, lean = 0 }: Coat,
): void {
  limb(pen, from, bend, to, startWidth, endWidth);
  pen.fillStyle = css(lit(light, color, -0.35));
  pen.fill();
  pen.lineCap = "butt";
  pen.lineWidth = 0.7;
  for (const facing of [-0.6, 0.4]) {
    pen.strokeStyle = css(lit(light, color, facing), 0.75);
    let path = "";
    for (let hair = 0; hair < 27; hair++) {
      const along = random.uniform(0, 1);
      const width = (startWidth + (endWidth - startWidth) * along) * 0.45;
      const x = quadratic(from[0], bend[0], to[0], along) + random.uniform(-1, 1) * width +
        light.side * facing * width * 0.7;
      const y = quadratic(from[1], bend[1], to[1], along) + random.uniform(-1, 1) * width -
        facing * width * 0.5;
      const direction = Math.PI / 2 + lean + random.uniform(-0.6, 0.6);
      path += `M${written(x, y)}l${
        written(Math.cos(direction) * length, Math.sin(direction) * length)
      }`;
    }
    strokePath(pen, path);
  }
}

function quadratic(from: number, bend: number, to: number, along: number): number {
  const [nearer, farther] = [from + (bend - from) * along, bend + (to - bend) * along];
  return nearer + (farther - nearer) * along;
}
