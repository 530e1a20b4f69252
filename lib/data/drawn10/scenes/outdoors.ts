import { type Color, css, hsl, mix, multiplyColor } from "../color.ts";
import { lit } from "../light.ts";
import { chance } from "../pen.ts";
import type { Scene } from "../scene.ts";
import { oval, strokePath, written } from "../shapes.ts";

/** Grass under a sky, green or dry. */
export function meadow(scene: Scene, horizon: number): void {
  const { pen, random, light } = scene;
  sky(scene, horizon + 6);
  treeLine(scene, horizon);
  const grass = hsl(random.uniform(42, 112), random.uniform(0.2, 0.5), random.uniform(0.28, 0.52));
  ground(scene, horizon, grass, mix(grass, [190, 200, 205], 0.3));
  const rows = [[horizon + 1, horizon + 30, 3.5, 0.45], [horizon + 12, 104, 8, 1]] as const;
  for (const facing of [-0.75, -0.3, 0.3]) {
    pen.strokeStyle = css(lit(light, grass, facing), 0.8);
    for (const [top, bottom, length, width] of rows) {
      pen.lineWidth = width;
      blades(scene, top, bottom, length, 40);
    }
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
  pen.lineWidth = 0.6;
  blades(scene, horizon + 4, 104, 7, 40);
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
    let path = "";
    for (let ripple = 0; ripple < 45; ripple++) {
      const near = random.uniform(0, 1) ** 1.5;
      const y = horizon + 1 + near * (100 - horizon);
      const x = random.uniform(-10, 100);
      const length = 2 + near * 15;
      const rise = near * random.uniform(-1.5, 1.5);
      path += `M${written(x, y)}q${written(length / 2, rise)} ${written(length, 0)}`;
    }
    strokePath(pen, path);
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
  const radius = random.uniform(2, 7);
  for (
    const [shade, drop] of [[mix(light.color, [140, 148, 160], 0.5), 0.35], [
      light.color,
      0,
    ]] as const
  ) {
    pen.fillStyle = css(shade, 0.42);
    for (let puff = -2; puff <= 2; puff++) {
      const size = radius * (1.15 - Math.abs(puff) * 0.28);
      oval(pen, x + puff * radius, y + radius * drop, size * 1.3, size * 0.6);
      pen.fill();
    }
  }
}

function treeLine({ pen, random, light }: Scene, horizon: number): void {
  const rise = random.uniform(0, 18);
  if (rise < 3) return;
  const leaves = hsl(random.uniform(60, 150), random.uniform(0.1, 0.35), random.uniform(0.2, 0.45));
  for (const [part, facing] of [[1, -0.6], [0.6, -0.2]] as const) {
    pen.fillStyle = css(mix(lit(light, leaves, facing), light.color, 0.15));
    pen.beginPath();
    pen.moveTo(-10, horizon + 3);
    for (let x = -10; x <= 110; x += 6) {
      pen.lineTo(x, horizon - rise * part * random.uniform(0.5, 1));
    }
    pen.lineTo(110, horizon + 3);
    pen.fill();
  }
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

/** Strokes a tuft of grass blades that grow between two heights of the frame. */
export function blades(
  { pen, random }: Scene,
  top: number,
  bottom: number,
  length: number,
  count: number,
): void {
  let path = "";
  for (let blade = 0; blade < count; blade++) {
    const x = random.uniform(-4, 104);
    const y = random.uniform(top, bottom);
    const lean = random.uniform(-0.5, 0.5) * length;
    const rise = length * random.uniform(0.6, 1);
    path += `M${written(x, y)}q${written(lean * 0.2, -length * 0.7)} ${written(lean, -rise)}`;
  }
  strokePath(pen, path);
}
