import type { RandomStream } from "../../../random/stream.ts";
import { css, hsl } from "../color.ts";
import { lit } from "../light.ts";
import { fillPattern, pattern, strokeBlades, UNIT, writtenOval } from "../patterns.ts";
import { chance, pick } from "../pen.ts";
import type { Scene } from "../scene.ts";
import { limb, written } from "../shapes.ts";
import { hall, room } from "./indoors.ts";
import { beach, meadow, prairie, shore } from "./outdoors.ts";
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
  if (place === "room" || place === "hall") return pick(random, [box, ball, post])(scene);
  if (place === "canopy") return pick(random, [twigs, leaves])(scene);
  if (chance(random, 0.4)) return pick(random, [twigs, leaves])(scene);
  const grass = hsl(random.uniform(45, 105), random.uniform(0.2, 0.5), random.uniform(0.2, 0.45));
  const tall = random.uniform(10, 32);
  for (const facing of [-0.6, 0.2]) {
    pen.strokeStyle = css(lit(light, grass, facing), 0.9);
    const width = random.uniform(0.6, 1.5);
    strokeBlades(pen, random, { top: 101, depth: 5, length: tall, width });
  }
}

/** Shades parts of the image, as leaves or the bars of a window in front of the light do. */
export function dapples({ pen, random, light }: Scene): void {
  pen.fillStyle = css(light.shadow, random.uniform(0.12, 0.38));
  const shadows = pattern(random, "dapples", writtenDapples);
  pen.save();
  pen.translate(50, 50);
  pen.rotate(random.uniform(-0.7, 0.7));
  fillPattern(pen, shadows, [0, 0], 75, 75);
  pen.restore();
}

function writtenDapples(random: RandomStream): string {
  let text = "";
  if (chance(random, 0.4)) {
    const [width, gap] = [random.uniform(8, 20), random.uniform(14, 30)];
    for (let x = -UNIT; x < UNIT; x += width + gap) {
      text += `M${written(x, -UNIT)}h${width}v${2 * UNIT}h${-width}Z`;
    }
    return text;
  }
  for (let leaf = 0; leaf < 26; leaf++) {
    const radius = random.uniform(5, 22);
    const [x, y] = [random.uniform(-UNIT, UNIT), random.uniform(-UNIT, UNIT)];
    text += writtenOval(x, y, radius, radius * random.uniform(0.4, 1));
  }
  return text;
}

/** The blurred corner of a box, at one edge of the frame. */
function box({ pen, random, light }: Scene): void {
  const color = hsl(random.uniform(0, 360), random.uniform(0.05, 0.6), random.uniform(0.25, 0.7));
  const width = random.uniform(14, 34);
  const left = random.uniform(-20, 92);
  const top = random.uniform(58, 86);
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
  const [x, radius] = [random.uniform(4, 96), random.uniform(7, 18)];
  const y = random.uniform(80, 102);
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

/** A chair's leg, a pole or a rail out of focus. */
function post({ pen, random, light }: Scene): void {
  const color = hsl(random.uniform(0, 360), random.uniform(0, 0.4), random.uniform(0.15, 0.6));
  const [x, lean] = [random.uniform(10, 90), random.uniform(-18, 18)];
  const width = random.uniform(3, 11);
  limb(pen, [x, -5], [x + lean / 2, 50], [x + lean, 108], width, width);
  pen.fillStyle = css(lit(light, color, random.uniform(-0.6, 0.1)));
  pen.fill();
}

/** Twigs across the frame. */
function twigs({ pen, random, light }: Scene): void {
  const bark = hsl(random.uniform(20, 50), 0.25, random.uniform(0.15, 0.4));
  pen.fillStyle = css(lit(light, bark, -0.3));
  for (let twig = random.integer(1, 3); twig > 0; twig--) {
    const width = random.uniform(1.5, 6);
    const [start, end] = [random.uniform(0, 100), random.uniform(0, 100)];
    limb(pen, [-5, start], [50, random.uniform(20, 90)], [105, end], width, width * 0.6);
    pen.fill();
  }
}

/** Leaves out of focus, around some place of the frame. */
function leaves({ pen, random, light }: Scene): void {
  const hue = random.uniform(70, 125);
  const [x, y] = [random.uniform(0, 100), random.uniform(10, 100)];
  for (let shade = 0; shade < 3; shade++) {
    const green = hsl(hue + random.uniform(-10, 10), 0.45, random.uniform(0.18, 0.42));
    pen.fillStyle = css(lit(light, green, random.uniform(-0.6, 0.3)), 0.94);
    const spray = pattern(random, "leaves", writtenLeaves);
    fillPattern(pen, spray, [x, y], random.uniform(14, 32), random.uniform(14, 40));
  }
}

function writtenLeaves(random: RandomStream): string {
  let text = "";
  for (let leaf = 0; leaf < 3; leaf++) {
    const radius = random.uniform(16, 38);
    const [x, y] = [random.normal() * 55, random.normal() * 55];
    text += writtenOval(x, y, radius, radius * random.uniform(0.4, 0.7));
  }
  return text;
}
