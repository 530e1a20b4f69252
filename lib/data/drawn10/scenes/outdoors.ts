import type { RandomStream } from "../../../random/stream.ts";
import { type Color, css, hsl, mix, multiplyColor } from "../color.ts";
import { lit } from "../light.ts";
import {
  fillPattern,
  pattern,
  strokeBlades,
  strokeRipples,
  UNIT,
  writtenOval,
} from "../patterns.ts";
import { chance } from "../pen.ts";
import type { Scene } from "../scene.ts";
import { written } from "../shapes.ts";

/** Grass under a sky, green or dry. */
export function meadow(scene: Scene, horizon: number): void {
  const { pen, random, light } = scene;
  sky(scene, horizon + 6);
  treeLine(scene, horizon);
  const grass = hsl(random.uniform(42, 112), random.uniform(0.2, 0.5), random.uniform(0.28, 0.52));
  ground(scene, horizon, grass, mix(grass, [190, 200, 205], 0.3));
  for (const facing of [-0.6, 0.25]) {
    pen.strokeStyle = css(lit(light, grass, facing), 0.8);
    strokeBlades(pen, random, { top: horizon + 1, depth: 30, length: 3.5, width: 0.45 });
    strokeBlades(pen, random, { top: horizon + 12, depth: 50, length: 8, width: 1 });
  }
}

/** Wide grassland, sometimes under snow. */
export function prairie(scene: Scene, horizon: number): void {
  const { pen, random, light } = scene;
  if (chance(random, 0.85)) return meadow(scene, horizon);
  sky(scene, horizon + 6);
  treeLine(scene, horizon);
  ground(scene, horizon, hsl(212, 0.25, 0.87), hsl(215, 0.2, 0.93));
  pen.strokeStyle = css(lit(light, hsl(45, 0.35, 0.4), -0.2), 0.8);
  strokeBlades(pen, random, { top: horizon + 4, depth: 50, length: 7, width: 0.6 });
}

/** Shallow water under a sky. */
export function shore(scene: Scene, horizon: number): void {
  const { random } = scene;
  sky(scene, horizon + 4);
  treeLine(scene, horizon);
  const water = hsl(random.uniform(185, 225), random.uniform(0.1, 0.4), random.uniform(0.38, 0.66));
  ground(scene, horizon, water, mix(water, [220, 230, 240], 0.5));
  ripples(scene, horizon, water);
}

/** Sand or mud with water behind it. */
export function beach(scene: Scene, horizon: number): void {
  const { pen, random, light } = scene;
  const water = hsl(random.uniform(185, 225), random.uniform(0.15, 0.4), random.uniform(0.4, 0.62));
  const sand = hsl(random.uniform(26, 46), random.uniform(0.15, 0.4), random.uniform(0.36, 0.68));
  sky(scene, horizon - 4);
  treeLine(scene, horizon - 5);
  pen.fillStyle = css(lit(light, water, 0));
  pen.fillRect(-10, horizon - 6, 120, 8);
  ground(scene, horizon, sand, mix(sand, [225, 220, 205], 0.35));
  pen.fillStyle = css(light.color, 0.6);
  pen.fillRect(-10, horizon - 0.6, 120, random.uniform(0.5, 1.4));
  ripples(scene, horizon + 2, sand);
}

/** Waves or ridges of sand: light and dark strokes, longer near the camera. */
function ripples({ pen, random, light }: Scene, horizon: number, color: Color): void {
  for (const facing of [-0.55, 0.5]) {
    pen.strokeStyle = css(lit(light, color, facing), 0.5);
    pen.lineWidth = 0.6;
    strokeRipples(pen, random, horizon);
  }
}

function sky(scene: Scene, bottom: number): void {
  const { pen, random, light } = scene;
  const blue = hsl(random.uniform(204, 216), 0.6, random.uniform(0.55, 0.68));
  const top = multiplyColor(mix(blue, [186, 192, 200], random.uniform(0, 1)), light.color);
  const fill = pen.createLinearGradient(0, -5, 0, bottom);
  fill.addColorStop(0, css(top));
  fill.addColorStop(1, css(mix(top, light.color, 0.65)));
  pen.fillStyle = fill;
  pen.fillRect(-10, -10, 120, bottom + 12);
  for (let count = random.integer(0, 4); count > 0; count--) {
    cloud(scene, random.uniform(0, 100), random.uniform(0, bottom * 0.8));
  }
}

/** Puffs that are light above and gray below. */
function cloud({ pen, random, light }: Scene, x: number, y: number): void {
  const radius = random.uniform(4, 18);
  const path = pattern(random, "cloud", writtenCloud);
  const gray = mix(light.color, [140, 148, 160], 0.5);
  for (const [color, drop] of [[gray, 0.1], [light.color, 0]] as const) {
    pen.fillStyle = css(color, 0.6);
    fillPattern(pen, path, [x, y + radius * drop], radius, radius * 0.6);
  }
}

function writtenCloud(random: RandomStream): string {
  let text = "";
  for (let puff = -2; puff <= 2; puff++) {
    const size = 45 - Math.abs(puff) * random.uniform(8, 16);
    text += writtenOval(puff * 32, random.uniform(-12, 12), size, size * 0.75);
  }
  return text;
}

function treeLine({ pen, random, light }: Scene, horizon: number): void {
  const rise = random.uniform(0, 18);
  if (rise < 3) return;
  const leaves = hsl(random.uniform(60, 150), random.uniform(0.1, 0.35), random.uniform(0.2, 0.45));
  for (const [part, facing] of [[1, -0.6], [0.6, -0.2]] as const) {
    pen.fillStyle = css(mix(lit(light, leaves, facing), light.color, 0.15));
    fillPattern(pen, pattern(random, "ridge", writtenRidge), [50, horizon], 62, rise * part);
  }
}

/** Hills or tree tops that stand on y = 0. */
function writtenRidge(random: RandomStream): string {
  let text = `M${written(-UNIT, 15)}`;
  for (let x = -UNIT; x <= UNIT; x += 10) {
    text += `L${written(x, -random.uniform(0.5, 1) * UNIT)}`;
  }
  return `${text}L${written(UNIT, 15)}Z`;
}

/** Ground from a far color at the horizon to a near one, darker toward the camera. */
export function ground({ pen, light }: Scene, horizon: number, near: Color, far: Color): void {
  const fill = pen.createLinearGradient(0, horizon, 0, 105);
  fill.addColorStop(0, css(lit(light, far, 0.1)));
  fill.addColorStop(0.35, css(lit(light, near, -0.05)));
  fill.addColorStop(1, css(lit(light, near, -0.4)));
  pen.fillStyle = fill;
  pen.fillRect(-10, horizon, 120, 120 - horizon);
}
