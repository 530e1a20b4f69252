import { type Color, css, hsl, mix } from "../color.ts";
import { ballFill, castShadow, lit } from "../light.ts";
import { chance, within } from "../pen.ts";
import { strokeHairs } from "../patterns.ts";
import { mirrored, type Scene } from "../scene.ts";
import { closedCurve, limb, oval, type Point } from "../shapes.ts";
import { furryLimb, furryOval } from "./fur.ts";

/** A bison from the side or from the front, alone or in front of its herd. */
export function bison(scene: Scene): void {
  const { pen, random } = scene;
  const coat = hsl(random.uniform(18, 34), random.uniform(0.25, 0.5), random.uniform(0.2, 0.36));
  const mane = mix(coat, [24, 16, 12], random.uniform(0.35, 0.75));
  for (let others = chance(random, 0.35) ? random.integer(1, 3) : 0; others > 0; others--) {
    const spot = {
      x: random.uniform(-75, 75),
      y: -random.uniform(8, 16),
      scale: random.uniform(0.22, 0.4),
      flip: chance(random, 0.5),
    };
    within(pen, spot, () => farAway(spot.flip ? mirrored(scene) : scene, coat, mane));
  }
  if (chance(random, 0.28)) fromFront(scene, coat, mane);
  else fromSide(scene, coat, mane);
}

/** A bison in the background, too far away to show hairs. */
function farAway(scene: Scene, coat: Color, mane: Color): void {
  const { pen, light, random } = scene;
  castShadow(pen, light, 0, 0, 62, 45);
  trunk(scene, coat, mane, random.uniform(-4, 4));
  const head: Point = [33, -30 + random.uniform(0, 14)];
  pen.fillStyle = ballFill(pen, light, ...head, 12, mane);
  oval(pen, ...head, 9, 12);
  pen.fill();
  horn(scene, [head[0] - 1, head[1] - 7], 1);
}

function fromSide(scene: Scene, coat: Color, mane: Color): void {
  const { pen, random, light } = scene;
  castShadow(pen, light, 0, 0, 62, 45);
  trunk(scene, coat, mane, random.uniform(-4, 4));
  pelt(scene, coat);
  const shoulder = mix(coat, mane, 0.4);
  furryOval(scene, [21, -31], 12, 18, { color: shoulder, length: 4.2, lean: 0.2 });
  furryOval(scene, [16, -15], 5, 8, { color: mane, length: 3.2 });
  tail(scene, mane);
  const grazing = chance(random, 0.35) ? random.uniform(7, 14) : 0;
  head(scene, [33, -31 + grazing], mane);
}

/** Legs and body; leaves the body's outline as the pen's path. */
function trunk(scene: Scene, coat: Color, mane: Color, stride: number): void {
  const { pen, light } = scene;
  leg(scene, -22 + stride, mane, -0.8, 3);
  leg(scene, 20 + stride, mane, -0.8, 0);
  leg(scene, -29 - stride, mix(coat, mane, 0.5), -0.35, 3);
  leg(scene, 13 - stride, mane, -0.4, 0);
  closedCurve(pen, outline);
  const fill = pen.createLinearGradient(light.side * 12, -57, -light.side * 12, -12);
  fill.addColorStop(0, css(lit(light, coat, 0.5)));
  fill.addColorStop(0.4, css(lit(light, coat, -0.05)));
  fill.addColorStop(1, css(lit(light, coat, -0.9)));
  pen.fillStyle = fill;
  pen.fill();
}

/** The outline from the rump over the hump and the chest, and back along the belly. */
const outline: readonly Point[] = [
  [-37, -30],
  [-32, -39],
  [-20, -41],
  [-6, -43],
  [5, -51],
  [15, -58],
  [25, -53],
  [32, -42],
  [30, -23],
  [18, -12],
  [3, -13],
  [-12, -18],
  [-25, -17],
  [-35, -20],
];

/** Short hairs along the flank and long ones on the hump, inside the outline. */
function pelt({ pen, random, light }: Scene, coat: Color): void {
  pen.save();
  pen.clip();
  for (const facing of [-0.5, 0.45]) {
    pen.strokeStyle = css(lit(light, coat, facing), 0.5);
    strokeHairs(pen, random, [-14, -30 - facing * 5], 21, 9, { count: 48, length: 2, lean: 0.9 });
    strokeHairs(pen, random, [9, -42 - facing * 7], 14, 11, { count: 48, length: 3.6, lean: 0.5 });
  }
  pen.restore();
}

/** A leg: a thick thigh, a thin shank set back by `hock`, and a dark hoof. */
function leg({ pen, light }: Scene, x: number, color: Color, facing: number, hock: number): void {
  pen.fillStyle = css(lit(light, color, facing - 0.2));
  limb(pen, [x, -11], [x - hock, -7], [x - 0.5, -1.5], 5, 3.2);
  pen.fill();
  pen.fillStyle = css(lit(light, color, facing));
  limb(pen, [x + 1, -24], [x + 2 + hock * 0.5, -16], [x - hock * 0.2, -10], 13, 4.8);
  pen.fill();
  pen.fillStyle = css(lit(light, [30, 26, 24], facing));
  oval(pen, x, -1.2, 2.5, 1.6);
  pen.fill();
}

function tail(scene: Scene, color: Color): void {
  const sway = scene.random.uniform(-5, 3);
  furryLimb(scene, [[-35, -33], [-41, -28], [-38 + sway, -15]], [1.8, 2.6], {
    color,
    length: 2.5,
  });
}

/** The head from the side: hair over the brow, beard, horn and a bare muzzle. */
function head(scene: Scene, [x, y]: Point, mane: Color): void {
  const { pen, light } = scene;
  furryOval(scene, [x, y], 9, 11, { color: mane, length: 3, lean: 0.2 });
  furryOval(scene, [x + 2, y + 14], 4, 8, { color: mix(mane, [16, 12, 10], 0.4), length: 4 });
  limb(pen, [x + 4, y + 2], [x + 8, y + 7], [x + 9, y + 10], 9, 7);
  pen.fillStyle = css(lit(light, mix(mane, [36, 30, 28], 0.5), -0.1));
  pen.fill();
  pen.fillStyle = css([12, 10, 10], 0.9);
  oval(pen, x + 11, y + 10, 1, 0.7);
  oval(pen, x + 6.5, y + 1, 1.1, 1);
  pen.fill();
  pen.fillStyle = css(light.color, 0.8);
  oval(pen, x + 6.8, y + 0.6, 0.4, 0.4);
  pen.fill();
  furryOval(scene, [x, y - 8], 8, 5, { color: mix(mane, [90, 60, 40], 0.2), length: 3.4 });
  horn(scene, [x - 1, y - 7], 1);
}

function horn({ pen, light }: Scene, [x, y]: Point, side: 1 | -1): void {
  limb(pen, [x, y], [x + side * 6, y - 1], [x + side * 5.5, y - 8], 3.4, 0.8);
  pen.fillStyle = css(lit(light, [92, 84, 74], 0.25));
  pen.fill();
}

function fromFront(scene: Scene, coat: Color, mane: Color): void {
  const { pen, random, light } = scene;
  castShadow(pen, light, 0, 0, 36, 45);
  for (const x of [-15, 15]) leg(scene, x * 0.9, coat, -0.8, 0);
  for (const x of [-9, 9]) leg(scene, x, mane, -0.4, 0);
  furryOval(scene, [0, -32], 20, 22, { color: coat, length: 3 });
  furryOval(scene, [0, -24], 16, 15, { color: mix(coat, mane, 0.6), length: 4.5 });
  const turn = random.uniform(-6, 6);
  const drop = random.uniform(0, 8);
  within(pen, { x: turn, y: drop }, () => {
    horn(scene, [8, -40], 1);
    horn(scene, [-8, -40], -1);
    furryOval(scene, [0, -32], 10.5, 12, { color: mane, length: 3.5 });
    furryOval(scene, [0, -15], 5, 9, { color: mix(mane, [16, 12, 10], 0.4), length: 4.5 });
    pen.fillStyle = css(lit(light, mix(mane, [38, 32, 30], 0.6), 0));
    oval(pen, 0, -21, 5.4, 4.2);
    pen.fill();
    pen.fillStyle = css([10, 8, 8], 0.9);
    for (const side of [-1, 1]) {
      oval(pen, side * 2.4, -20.5, 1.1, 0.8);
      pen.fill();
      oval(pen, side * 7, -30, 1.2, 1.1);
      pen.fill();
    }
    furryOval(scene, [0, -40], 9, 5, { color: mix(mane, [90, 60, 40], 0.25), length: 4 });
  });
}
