import { Path2D } from "@napi-rs/canvas";
import { type Color, css, mix } from "../color.ts";
import { castShadow, lit, tubeFill } from "../light.ts";
import { chance } from "../pen.ts";
import type { Scene } from "../scene.ts";
import { type Point, written } from "../shapes.ts";

/**
 * The common shape of a bucket and a basket: an open body that narrows toward its foot. It stands on the
 * origin and is seen slightly from above.
 */
export interface Vessel {
  /** Half of the width at the rim and at the foot. */
  readonly rim: number;
  readonly foot: number;
  readonly height: number;
  /** The angle of view: 0 from the side, 1 from above. */
  readonly tilt: number;
  /** 2 is round; higher values approach a rounded box. */
  readonly squareness: number;
}

/** Buckets are mostly taller and rounder, baskets lower and boxier, but many are in between. */
export function randomVessel({ random }: Scene, boxy: number): Vessel {
  const rim = random.uniform(21, 30) + boxy * random.uniform(0, 6);
  const height = random.uniform(28, 46) - boxy * random.uniform(0, 12);
  const squareness = chance(random, 0.2 + 0.55 * boxy) ? random.uniform(3, 7) : 2;
  return {
    rim,
    foot: rim * random.uniform(0.6, 0.9),
    height,
    tilt: random.uniform(0.16, 0.48),
    squareness,
  };
}

/** The point of the wall at an angle (0 right, π/2 front, π left) and a depth (0 rim, 1 foot). */
export function wallPoint(vessel: Vessel, angle: number, depth: number): Point {
  const radius = vessel.rim + (vessel.foot - vessel.rim) * depth;
  const power = 2 / vessel.squareness;
  let [cosine, sine] = [Math.cos(angle), Math.sin(angle)];
  if (power !== 1) {
    cosine = Math.sign(cosine) * Math.abs(cosine) ** power;
    sine = Math.sign(sine) * Math.abs(sine) ** power;
  }
  return [radius * cosine, vessel.height * (depth - 1) + radius * vessel.tilt * sine];
}

/** A point of the front of the wall: `across` from -1, left, to 1, right. */
export function frontPoint(vessel: Vessel, across: number, depth: number): Point {
  return wallPoint(vessel, Math.PI / 2 * (1 - across), depth);
}

/** The text of a line around the front of the wall. */
export function frontLine(vessel: Vessel, depth: number, reach = 1): string {
  let text = "M";
  for (let step = 0; step <= 12; step++) {
    text += `${step === 0 ? "" : "L"}${
      written(...frontPoint(vessel, (step / 6 - 1) * reach, depth))
    }`;
  }
  return text;
}

/** The text of a patch of the front of the wall. */
export function frontPatch(
  vessel: Vessel,
  [left, right]: readonly [number, number],
  [top, bottom]: readonly [number, number],
): string {
  const steps = Math.max(1, Math.ceil((right - left) * 6));
  let [upper, lower] = ["", ""];
  for (let step = 0; step <= steps; step++) {
    const across = left + (right - left) * step / steps;
    upper += `${step === 0 ? "M" : "L"}${written(...frontPoint(vessel, across, top))}`;
    lower = `L${written(...frontPoint(vessel, across, bottom))}${lower}`;
  }
  return `${upper}${lower}Z`;
}

/** The whole ring at a depth. */
export function ring(vessel: Vessel, depth: number): Path2D {
  let text = "";
  for (let step = 0; step < 24; step++) {
    text += `${step === 0 ? "M" : "L"}${written(...wallPoint(vessel, step / 12 * Math.PI, depth))}`;
  }
  return new Path2D(`${text}Z`);
}

/** Draws the shadow on the ground and the dark inside of the far wall. */
export function vesselBack({ pen, light }: Scene, vessel: Vessel, inside: Color): void {
  castShadow(pen, light, 0, vessel.foot * vessel.tilt * 0.4, vessel.foot * 2.1, vessel.height);
  const fill = pen.createLinearGradient(vessel.rim * light.side, 0, -vessel.rim * light.side, 0);
  fill.addColorStop(0, css(lit(light, inside, -1)));
  fill.addColorStop(1, css(lit(light, inside, -0.35)));
  pen.fillStyle = fill;
  pen.fill(ring(vessel, 0));
}

/** Fills the front of the wall. */
export function vesselWall(
  { pen, light }: Scene,
  vessel: Vessel,
  color: Color,
  shine: number,
): void {
  const wall = new Path2D(frontPatch(vessel, [-1, 1], [0, 1]));
  pen.fillStyle = tubeFill(pen, light, -vessel.rim, vessel.rim, color, shine);
  pen.fill(wall);
  const depth = pen.createLinearGradient(0, -vessel.height, 0, vessel.foot * vessel.tilt);
  depth.addColorStop(0, css(light.shadow, 0));
  depth.addColorStop(1, css(light.shadow, 0.35));
  pen.fillStyle = depth;
  pen.fill(wall);
}

/** Draws the rim: a rolled edge, lit from above. */
export function vesselRim(
  { pen, light }: Scene,
  vessel: Vessel,
  color: Color,
  width: number,
): void {
  const rim = ring(vessel, 0);
  pen.lineWidth = width;
  pen.strokeStyle = css(lit(light, color, -0.35));
  pen.stroke(rim);
  pen.lineWidth = width * 0.45;
  pen.strokeStyle = css(lit(light, color, 0.6));
  pen.stroke(rim);
}

/** Draws a bail handle: upright, leaning, or hanging in front of the wall (`rise` below 0). */
export function vesselHandle(
  { pen, light }: Scene,
  vessel: Vessel,
  color: Color,
  { rise, lean, width }: { readonly rise: number; readonly lean: number; readonly width: number },
): void {
  const [right, y] = wallPoint(vessel, 0, 0.03);
  pen.lineCap = "round";
  for (const [share, facing] of [[1, -0.5], [0.4, 0.55]] as const) {
    pen.strokeStyle = css(lit(light, color, facing));
    pen.lineWidth = width * share;
    pen.beginPath();
    pen.moveTo(-right, y);
    pen.bezierCurveTo(-right + lean, y - rise * 1.3, right + lean, y - rise * 1.3, right, y);
    pen.stroke();
  }
  pen.fillStyle = css(lit(light, mix(color, [60, 60, 60], 0.4), -0.3));
  pen.beginPath();
  pen.ellipse(-right + 0.8, y, 1.3, 1.8, 0, 0, 7);
  pen.ellipse(right - 0.8, y, 1.3, 1.8, 0, 0, 7);
  pen.fill();
}
