import { css, hsl } from "../color.ts";
import { lit } from "../light.ts";
import { chance, pick } from "../pen.ts";
import type { Scene } from "../scene.ts";
import { closedCurve, limb, lump } from "../shapes.ts";
import { hall, room } from "./indoors.ts";
import { beach, blades, meadow, prairie, shore } from "./outdoors.ts";
import { canopy, wood } from "./woods.ts";

/** Draws the background of a subject; the ground begins at `horizon`. */
type Background = (scene: Scene, horizon: number) => void;

/** The backgrounds by place. */
export const places = { room, hall, meadow, prairie, wood, canopy, shore, beach } satisfies Record<
  string,
  Background
>;

export type PlaceName = keyof typeof places;

/** Draws something between the camera and the subject. */
export function foreground(scene: Scene, place: PlaceName): void {
  const { pen, random, light } = scene;
  if (place === "room" || place === "hall") return pick(random, [box, ball])(scene);
  if (place === "canopy") return pick(random, [twig, leaves])(scene);
  if (chance(random, 0.3)) return leaves(scene);
  const grass = hsl(random.uniform(45, 105), random.uniform(0.2, 0.5), random.uniform(0.2, 0.45));
  const tall = random.uniform(8, 26);
  for (const facing of [-0.8, -0.2, 0.35]) {
    pen.strokeStyle = css(lit(light, grass, facing), 0.9);
    pen.lineWidth = random.uniform(0.6, 1.3);
    blades(scene, 101, 106, tall, 26);
  }
}

/** The blurred corner of a box, at one edge of the frame. */
function box({ pen, random, light }: Scene): void {
  const color = hsl(random.uniform(0, 360), random.uniform(0.05, 0.6), random.uniform(0.25, 0.7));
  const width = random.uniform(14, 34);
  const left = chance(random, 0.5) ? random.uniform(-20, -4) : random.uniform(74, 92);
  const top = random.uniform(62, 88);
  const fill = pen.createLinearGradient(left, 0, left + width, 0);
  fill.addColorStop(light.side > 0 ? 1 : 0, css(lit(light, color, 0.15)));
  fill.addColorStop(light.side > 0 ? 0 : 1, css(lit(light, color, -0.6)));
  pen.fillStyle = fill;
  pen.fillRect(left, top, width, 50);
  pen.fillStyle = css(lit(light, color, 0.4));
  pen.fillRect(left, top - 3, width, 3.4);
}

/** A ball in front of the subject. */
function ball({ pen, random, light }: Scene): void {
  const color = hsl(random.uniform(0, 360), random.uniform(0.2, 0.7), random.uniform(0.3, 0.6));
  const [x, radius] = [random.uniform(4, 96), random.uniform(6, 14)];
  const y = random.uniform(92, 102);
  const fill = pen.createRadialGradient(
    x + light.side * radius * 0.4,
    y - radius * 0.5,
    0,
    x,
    y,
    radius,
  );
  fill.addColorStop(0, css(lit(light, color, 0.6)));
  fill.addColorStop(1, css(lit(light, color, -0.7)));
  pen.fillStyle = fill;
  pen.beginPath();
  pen.arc(x, y, radius, 0, 7);
  pen.fill();
}

/** A twig across the frame. */
function twig({ pen, random, light }: Scene): void {
  const bark = hsl(random.uniform(20, 50), 0.25, random.uniform(0.15, 0.4));
  const start = random.uniform(0, 100);
  limb(pen, [-5, start], [50, random.uniform(20, 90)], [105, random.uniform(0, 100)], 3, 1.5);
  pen.fillStyle = css(lit(light, bark, -0.3));
  pen.fill();
}

/** Leaves at the frame's edge, out of focus. */
function leaves({ pen, random, light }: Scene): void {
  const hue = random.uniform(70, 125);
  const side = chance(random, 0.5) ? 0 : 100;
  for (let leaf = random.integer(3, 8); leaf > 0; leaf--) {
    const green = hsl(hue + random.uniform(-10, 10), 0.45, random.uniform(0.18, 0.42));
    pen.fillStyle = css(lit(light, green, random.uniform(-0.6, 0.3)), 0.92);
    const radius = random.uniform(4, 11);
    const x = side + random.normal() * 11;
    closedCurve(pen, lump(random, [x, random.uniform(0, 105)], radius, radius * 0.55, 0.25, 7));
    pen.fill();
  }
}
