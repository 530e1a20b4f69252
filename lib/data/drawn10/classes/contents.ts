import { type Color, css, hsl, mix } from "../color.ts";
import { ballFill, lit } from "../light.ts";
import { fillPattern, pattern, UNIT, writtenLump } from "../patterns.ts";
import { chance, pick, within } from "../pen.ts";
import type { Scene } from "../scene.ts";
import { oval, type Point } from "../shapes.ts";
import { ring, type Vessel, wallPoint } from "./vessel.ts";

/** Goods for both buckets and baskets. */
const goods = ["fruit", "greens", "bottles", "cloth", "boxes", "flowers"] as const;

/** Fills a bucket, sometimes with goods but more often with water, paint or sand, or leaves it empty. */
export function fillBucket(scene: Scene, vessel: Vessel): void {
  const { random } = scene;
  const kind = random.uniform(0, 1);
  if (kind < 0.28) return;
  if (kind < 0.62) pour(scene, vessel);
  else heap(scene, vessel, pick(random, goods));
}

/** Fills a basket with goods, or leaves it empty. */
export function fillBasket(scene: Scene, vessel: Vessel): void {
  const { random } = scene;
  if (chance(random, 0.2)) return;
  heap(scene, vessel, pick(random, goods));
  if (chance(random, 0.6)) heap(scene, vessel, pick(random, goods));
}

/** Water, paint or sand up to a level below the rim. */
function pour({ pen, random, light }: Scene, vessel: Vessel): void {
  const color = pick<Color>(random, [
    [96, 128, 140],
    [205, 180, 130],
    hsl(random.uniform(0, 360), 0.6, 0.5),
    [235, 232, 224],
  ]);
  pen.save();
  pen.clip(ring(vessel, 0));
  const surface = ring(vessel, random.uniform(0.05, 0.2));
  const fill = pen.createLinearGradient(-vessel.rim * light.side, 0, vessel.rim * light.side, 0);
  fill.addColorStop(0, css(lit(light, color, -0.4)));
  fill.addColorStop(1, css(lit(light, color, 0.35)));
  pen.fillStyle = fill;
  pen.fill(surface);
  pen.strokeStyle = css(light.color, 0.6);
  pen.lineWidth = 0.7;
  const y = -vessel.height + vessel.rim * 0.1;
  oval(pen, light.side * 6, y, vessel.rim * 0.45, vessel.rim * vessel.tilt * 0.35);
  pen.stroke();
  pen.restore();
}

/** A heap of one kind of goods that rises above the rim. */
function heap(scene: Scene, vessel: Vessel, kind: typeof goods[number]): void {
  const { random } = scene;
  const count = { fruit: 9, greens: 7, bottles: 3, cloth: 2, boxes: 3, flowers: 9 }[kind];
  const spots = Array.from({ length: count }, (): Point => {
    const [x, y] = wallPoint(vessel, random.uniform(0, Math.PI * 2), 0);
    const reach = Math.sqrt(random.uniform(0, 0.6));
    return [x * reach, -vessel.height + (y + vessel.height) * reach];
  }).sort(([, one], [, other]) => one - other);
  const hue = random.uniform(0, 360);
  for (const spot of spots) item(scene, spot, kind, hue);
}

function item(scene: Scene, [x, y]: Point, kind: typeof goods[number], hue: number): void {
  const { pen, random, light } = scene;
  if (kind === "fruit") {
    const color = hsl(hue % 130 + random.uniform(-8, 8), 0.75, 0.46);
    const radius = random.uniform(4, 6.5);
    pen.fillStyle = ballFill(pen, light, x, y - 1, radius, color);
    oval(pen, x, y - 1, radius, radius);
    pen.fill();
  } else if (kind === "greens") {
    leafy(scene, [x, y - 3], hsl(random.uniform(80, 125), 0.45, random.uniform(0.2, 0.45)));
  } else if (kind === "flowers") {
    leafy(scene, [x, y - 2], hsl(105, 0.35, 0.26));
    const petals = hsl(hue + random.uniform(-25, 25), 0.65, 0.65);
    const top = y - random.uniform(5, 14);
    pen.fillStyle = ballFill(pen, light, 0, 0, UNIT, petals);
    fillPattern(pen, pattern(random, "lump", writtenLump), [x, top], 3.8, 3.4);
  } else if (kind === "cloth") {
    pen.fillStyle = ballFill(pen, light, 0, 0, UNIT, hsl(hue, 0.45, 0.6));
    fillPattern(pen, pattern(random, "lump", writtenLump), [x, y - 1], 12, 6);
  } else {
    upright(scene, [x, y], kind === "bottles");
  }
}

function leafy({ pen, random, light }: Scene, [x, y]: Point, color: Color): void {
  for (const facing of [-0.7, 0, 0.4]) {
    pen.fillStyle = css(lit(light, color, facing));
    const radius = random.uniform(3.5, 6);
    const center: Point = [x + facing * 4 * light.side, y - facing * 3];
    fillPattern(pen, pattern(random, "lump", writtenLump), center, radius, radius);
  }
}

function upright({ pen, random, light }: Scene, [x, y]: Point, bottle: boolean): void {
  const color = hsl(random.uniform(0, 360), random.uniform(0.1, 0.7), random.uniform(0.3, 0.75));
  const [width, height] = bottle
    ? [5, random.uniform(9, 14)]
    : [random.uniform(8, 13), random.uniform(7, 13)];
  within(pen, { x, y, turn: random.uniform(-0.35, 0.35) }, () => {
    const fill = pen.createLinearGradient(-width / 2, 0, width / 2, 0);
    fill.addColorStop(light.side > 0 ? 0 : 1, css(lit(light, color, -0.6)));
    fill.addColorStop(light.side > 0 ? 0.9 : 0.1, css(lit(light, color, 0.3)));
    pen.fillStyle = fill;
    pen.fillRect(-width / 2, -height, width, height + 6);
    if (bottle) {
      pen.fillRect(-1.1, -height - 5, 2.2, 6);
      pen.fillStyle = css(lit(light, mix(color, [255, 255, 255], 0.7), -0.1));
      pen.fillRect(-width / 2, -height * 0.7, width, height * 0.35);
    }
  });
}
