import { type Color, mix } from "../color.ts";
import { castShadow, tubeFill } from "../light.ts";
import type { Scene } from "../scene.ts";
import type { Point } from "../shapes.ts";
import { ropes, skin } from "./drum_skin.ts";
import { vesselRim } from "./vessel.ts";

/** A hand drum: a goblet or a barrel with laced ropes. */
export function handDrum(scene: Scene, shell: Color): void {
  const { pen, random, light } = scene;
  const rim = random.uniform(14, 21);
  const waist = random.uniform(0.5, 1.05);
  const height = random.uniform(44, 56);
  castShadow(pen, light, 0, 1, rim * 1.5, height);
  const side = (way: 1 | -1): Point[] => [
    [way * rim, -height],
    [way * rim * (0.4 + waist * 0.65), -height * 0.62],
    [way * rim * waist * 0.55, -height * 0.3],
    [way * rim * (0.35 + waist * 0.4), 0],
  ];
  const [right, left] = [side(1), side(-1).reverse()];
  pen.beginPath();
  pen.moveTo(rim, -height);
  pen.bezierCurveTo(...at(right, 1), ...at(right, 2), ...at(right, 3));
  pen.quadraticCurveTo(0, 5, ...at(left, 0));
  pen.bezierCurveTo(...at(left, 1), ...at(left, 2), ...at(left, 3));
  pen.fillStyle = tubeFill(pen, light, -rim, rim, shell, 0.5);
  pen.fill();
  const vessel = { rim, foot: rim * (0.5 + waist * 0.3), height, tilt: 0.32, squareness: 2 };
  pen.save();
  pen.clip();
  ropes(scene, vessel);
  pen.restore();
  skin(scene, vessel);
  vesselRim(scene, vessel, mix(shell, [230, 220, 190], 0.6), 2.6);
}

function at(points: readonly Point[], index: number): Point {
  return points[index] ?? [0, 0];
}
