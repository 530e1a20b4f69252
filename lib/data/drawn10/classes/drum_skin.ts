import { type Color, css, hsl, mix } from "../color.ts";
import { lit } from "../light.ts";
import { chance } from "../pen.ts";
import type { Scene } from "../scene.ts";
import { oval } from "../shapes.ts";
import { frontPoint, ring, type Vessel } from "./vessel.ts";

/** The color of parchment or white plastic; some are gray or dark. */
export function skinColor({ random }: Scene): Color {
  if (chance(random, 0.25)) return hsl(210, 0.04, random.uniform(0.3, 0.65));
  return mix(hsl(38, 0.45, random.uniform(0.6, 0.8)), [240, 240, 236], random.uniform(0, 1));
}

/** Ropes that run up and down between the hoops. */
export function ropes({ pen, light }: Scene, vessel: Vessel): void {
  for (const [width, facing] of [[1.6, -0.8], [0.9, 0.3]] as const) {
    pen.strokeStyle = css(lit(light, [225, 215, 190], facing));
    pen.lineWidth = width;
    pen.beginPath();
    for (let turn = 0; turn <= 12; turn++) {
      const point = frontPoint(vessel, -0.96 + turn * 0.16, turn % 2 === 0 ? 0.1 : 0.9);
      if (turn === 0) pen.moveTo(...point);
      else pen.lineTo(...point);
    }
    pen.stroke();
  }
}

/** The skin of a drum seen from above, sometimes worn or with a dot. */
export function skin(scene: Scene, vessel: Vessel): void {
  const { pen, random, light } = scene;
  const color = skinColor(scene);
  const fill = pen.createLinearGradient(-vessel.rim * light.side, 0, vessel.rim * light.side, -6);
  fill.addColorStop(0, css(lit(light, color, -0.35)));
  fill.addColorStop(1, css(lit(light, color, 0.4)));
  pen.fillStyle = fill;
  pen.fill(ring(vessel, 0));
  if (!chance(random, 0.5)) return;
  const spot = chance(random, 0.5) ? [40, 36, 34] as const : mix(color, [120, 90, 60], 0.35);
  pen.fillStyle = css(lit(light, spot, 0), 0.55);
  oval(pen, 0, -vessel.height, vessel.rim * 0.5, vessel.rim * vessel.tilt * 0.5);
  pen.fill();
}
