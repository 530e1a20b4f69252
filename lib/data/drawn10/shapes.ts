import { Path2D } from "@napi-rs/canvas";
import type { RandomStream } from "../../random/stream.ts";
import type { Pen } from "./pen.ts";

/** A point of the frame. */
export type Point = readonly [number, number];

/** Begins a path with a smooth closed curve along the points. */
export function closedCurve(pen: Pen, points: readonly Point[]): void {
  pen.beginPath();
  points.forEach(([x, y], index) => {
    const [nextX, nextY] = points[(index + 1) % points.length] ?? [x, y];
    const middle: Point = [(x + nextX) / 2, (y + nextY) / 2];
    if (index === 0) {
      const [lastX, lastY] = points.at(-1) ?? [x, y];
      pen.moveTo((lastX + x) / 2, (lastY + y) / 2);
    }
    pen.quadraticCurveTo(x, y, middle[0], middle[1]);
  });
  pen.closePath();
}

/** Begins a path around an ellipse. */
export function oval(
  pen: Pen,
  x: number,
  y: number,
  radiusX: number,
  radiusY: number,
  turn = 0,
): void {
  pen.beginPath();
  pen.ellipse(x, y, radiusX, radiusY, turn, 0, Math.PI * 2);
}

/** Returns points around an ellipse that deviate from it by up to `roughness` of the radius. */
export function lump(
  random: RandomStream,
  [x, y]: Point,
  radiusX: number,
  radiusY: number,
  roughness: number,
  count = 12,
): Point[] {
  return Array.from({ length: count }, (_, index): Point => {
    const angle = index / count * Math.PI * 2;
    const reach = 1 + random.uniform(-roughness, roughness);
    return [x + Math.cos(angle) * radiusX * reach, y + Math.sin(angle) * radiusY * reach];
  });
}

/** Begins a path of a tapering limb from one point past a bend to another. */
export function limb(
  pen: Pen,
  from: Point,
  bend: Point,
  to: Point,
  startWidth: number,
  endWidth: number,
): void {
  const startAngle = Math.atan2(bend[1] - from[1], bend[0] - from[0]) + Math.PI / 2;
  const endAngle = Math.atan2(to[1] - bend[1], to[0] - bend[0]) + Math.PI / 2;
  const middleAngle = (startAngle + endAngle) / 2 +
    (Math.abs(startAngle - endAngle) > Math.PI ? Math.PI : 0);
  const offset = ([x, y]: Point, angle: number, distance: number): Point => [
    x + Math.cos(angle) * distance,
    y + Math.sin(angle) * distance,
  ];
  const [start, middle, end] = [startWidth / 2, (startWidth + endWidth) / 4, endWidth / 2];
  pen.beginPath();
  pen.moveTo(...offset(from, startAngle, start));
  pen.quadraticCurveTo(...offset(bend, middleAngle, middle), ...offset(to, endAngle, end));
  pen.arc(to[0], to[1], end, endAngle, endAngle + Math.PI, true);
  pen.quadraticCurveTo(...offset(bend, middleAngle, -middle), ...offset(from, startAngle, -start));
  pen.arc(from[0], from[1], start, startAngle + Math.PI, startAngle, true);
  pen.closePath();
}

/** The numbers from -150 to 150 in steps of 0.05 as text: to look one up is faster than to write it. */
const numbers = Array.from({ length: 6001 }, (_, index) => String((index - 3000) / 20));

/** Writes a point of the path of `strokePath`, rounded to 0.05. */
export function written(x: number, y: number): string {
  return (numbers[Math.round(x * 20) + 3000] ?? x) + " " +
    (numbers[Math.round(y * 20) + 3000] ?? y);
}

/**
 * Strokes many lines or curves at once. They reach the canvas as one text, in the syntax of SVG, because
 * a call for each takes longer than drawing it.
 *
 * @param path Letters of SVG with points of `written`, such as `M${written(0, 0)}L${written(1, 2)}`.
 */
export function strokePath(pen: Pen, path: string): void {
  pen.stroke(new Path2D(path));
}
