import { Path2D } from "@napi-rs/canvas";
import { type Color, css, hsl, mix } from "../color.ts";
import { lit } from "../light.ts";
import { chance } from "../pen.ts";
import type { Scene } from "../scene.ts";
import { strokePath } from "../shapes.ts";
import { fillBucket } from "./contents.ts";
import {
  frontLine,
  frontPatch,
  frontPoint,
  randomVessel,
  type Vessel,
  vesselBack,
  vesselHandle,
  vesselRim,
  vesselWall,
} from "./vessel.ts";

/** A bucket of zinc, plastic or staves, sometimes ribbed almost like a basket. */
export function bucket(scene: Scene): void {
  const { random } = scene;
  const vessel = randomVessel(scene, chance(random, 0.42) ? 1 : 0);
  const kind = random.uniform(0, 1);
  const metal = kind < 0.28;
  const wood = kind > 0.86;
  const color: Color = metal
    ? hsl(210, random.uniform(0, 0.1), random.uniform(0.48, 0.68))
    : wood
    ? hsl(random.uniform(20, 36), 0.45, random.uniform(0.3, 0.5))
    : hsl(random.uniform(0, 360), random.uniform(0.3, 0.85), random.uniform(0.3, 0.6));
  vesselBack(scene, vessel, color);
  fillBucket(scene, vessel);
  vesselWall(scene, vessel, color, metal ? 0.9 : 0.4);
  if (wood) {
    staves(scene, vessel, color);
  } else {
    const count = chance(random, 0.42) ? random.integer(5, 11) : random.integer(0, 3);
    rings(scene, vessel, color, count);
  }
  if (!wood && chance(random, 0.3)) label(scene, vessel);
  vesselRim(scene, vessel, color, metal ? 1.5 : 2.4);
  if (chance(random, 0.85)) {
    const hangs = chance(random, 0.35);
    vesselHandle(scene, vessel, metal || chance(random, 0.5) ? [140, 142, 145] : color, {
      rise: hangs ? -random.uniform(8, 20) : random.uniform(8, 24),
      lean: random.uniform(-5, 5),
      width: random.uniform(1.2, 2.4),
    });
  }
}

/** Ribs around the wall: each a light line over a dark one. */
function rings({ pen, random, light }: Scene, vessel: Vessel, color: Color, count: number): void {
  const start = random.uniform(0.1, 0.25);
  const step = (0.95 - start) / Math.max(count, 1);
  for (const [shift, facing] of [[0.02, -0.8], [0, 0.65]] as const) {
    if (count === 0) return;
    let lines = "";
    for (let line = 0; line < count; line++) {
      lines += frontLine(vessel, start + line * step + shift);
    }
    pen.lineWidth = 0.9;
    pen.strokeStyle = css(lit(light, color, facing), 0.75);
    strokePath(pen, lines);
  }
}

function staves({ pen, light }: Scene, vessel: Vessel, color: Color): void {
  pen.strokeStyle = css(lit(light, color, -1), 0.8);
  pen.lineWidth = 0.6;
  pen.beginPath();
  for (let stave = -6; stave <= 6; stave++) {
    pen.moveTo(...frontPoint(vessel, stave / 6.5, 0));
    pen.lineTo(...frontPoint(vessel, stave / 6.5, 1));
  }
  pen.stroke();
  for (const depth of [0.16, 0.76]) {
    pen.fillStyle = css(lit(light, [96, 92, 90], -0.3));
    pen.fill(new Path2D(frontPatch(vessel, [-1, 1], [depth, depth + 0.09])));
  }
}

/** A printed patch. */
function label({ pen, random, light }: Scene, vessel: Vessel): void {
  const [middle, half] = [random.uniform(-0.2, 0.2), random.uniform(0.2, 0.5)];
  const paper = mix(hsl(random.uniform(0, 360), 0.6, 0.5), [240, 238, 230], random.uniform(0.3, 1));
  pen.fillStyle = css(lit(light, paper, -0.1), 0.92);
  const across = [middle - half, middle + half] as const;
  pen.fill(new Path2D(frontPatch(vessel, across, [0.32, random.uniform(0.55, 0.78)])));
  pen.strokeStyle = css(hsl(random.uniform(0, 360), 0.5, 0.3), 0.8);
  pen.lineWidth = 1.4;
  strokePath(pen, frontLine(vessel, 0.43, half * 0.6));
}
