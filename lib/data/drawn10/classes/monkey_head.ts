import { type Color, css, hsl, mix } from "../color.ts";
import { ballFill, lit } from "../light.ts";
import { type Pen, within } from "../pen.ts";
import type { Scene } from "../scene.ts";
import { oval, type Point } from "../shapes.ts";
import { furryOval } from "./fur.ts";

/** The colors and the throat of a monkey's head. */
export interface Head {
  readonly fur: Color;
  readonly face: Color;
  /** The fur around the face. */
  readonly ruff: Color;
  /** The radius of the throat pouch, or 0 for none. */
  readonly throat: number;
}

/** Draws a monkey's head around a point, looking slightly to the side. */
export function drawHead(scene: Scene, head: Head, [x, y]: Point): void {
  const { pen, random, light } = scene;
  const look = random.uniform(-3.2, 3.2);
  furryOval(scene, [x, y], 10.5, 10, { color: mix(head.fur, head.ruff, 0.35), length: 2.2 });
  furryOval(scene, [x + look * 0.5, y + 3], 8.5, 7, { color: head.ruff, length: 2.4 });
  within(pen, { x: x + look, y: y + 1 }, () => {
    pen.fillStyle = ballFill(pen, light, 0, 0, 8, head.face);
    oval(pen, 0, 0, 6.4, 5.6);
    pen.fill();
    const muzzle = mix(head.face, hsl(22, 0.18, 0.45), 0.45);
    pen.fillStyle = ballFill(pen, light, look * 0.3, 3.2, 4.4, muzzle);
    oval(pen, look * 0.3, 3.2, 4.2, 3.3);
    pen.fill();
    drawFeatures(scene, look * 0.3);
  });
  if (head.throat === 0) return;
  const pouch = mix(head.face, hsl(10, 0.25, 0.5), 0.5);
  pen.fillStyle = ballFill(pen, light, x + look * 0.7, y + 10.5, head.throat, pouch);
  oval(pen, x + look * 0.7, y + 10.5, head.throat, head.throat * 0.9);
  pen.fill();
}

function drawFeatures({ pen, random, light }: Scene, shift: number): void {
  const iris = hsl(28, 0.6, random.uniform(0.12, 0.3));
  const [left, right] = [shift - 2.7, shift + 2.7];
  pen.fillStyle = css(lit(light, hsl(25, 0.15, 0.06), 0));
  twoOvals(pen, left, right, -1.5, 1.7, 1.4);
  pen.fillStyle = css(iris);
  twoOvals(pen, left, right, -1.4, 1.1, 1.1);
  pen.fillStyle = css(light.color, 0.95);
  twoOvals(pen, left + light.side * 0.5, right + light.side * 0.5, -1.9, 0.45, 0.45);
  pen.fillStyle = css([14, 11, 10], 0.85);
  twoOvals(pen, shift - 0.9, shift + 0.9, 2.1, 0.6, 0.45);
  pen.strokeStyle = css([14, 11, 10], 0.7);
  pen.lineWidth = 0.5;
  pen.beginPath();
  pen.moveTo(shift - 2, 4.3);
  pen.quadraticCurveTo(shift, 5.1, shift + 2, 4.3);
  pen.stroke();
}

function twoOvals(
  pen: Pen,
  left: number,
  right: number,
  y: number,
  radiusX: number,
  radiusY: number,
): void {
  oval(pen, left, y, radiusX, radiusY);
  pen.moveTo(right + radiusX, y);
  pen.ellipse(right, y, radiusX, radiusY, 0, 0, Math.PI * 2);
  pen.fill();
}
