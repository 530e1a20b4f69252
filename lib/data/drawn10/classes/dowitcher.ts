import type { RandomStream } from "../../../random/stream.ts";
import { type Color, css, hsl, mix } from "../color.ts";
import { castShadow, lit } from "../light.ts";
import { pattern } from "../patterns.ts";
import { chance, within } from "../pen.ts";
import { mirrored, type Scene } from "../scene.ts";
import { closedCurve, limb, oval, type Point, written } from "../shapes.ts";

interface Plumage {
  readonly breast: Color;
  readonly back: Color;
  readonly bill: Color;
}

/** A dowitcher, rust-red in summer and gray in winter, that looks around or probes the mud. */
export function dowitcher(scene: Scene): void {
  const { pen, random, light } = scene;
  const summer = chance(random, 0.6);
  const plumage = {
    breast: summer
      ? hsl(random.uniform(18, 30), 0.5, 0.5)
      : hsl(35, 0.12, random.uniform(0.55, 0.7)),
    back: summer
      ? hsl(28, 0.3, random.uniform(0.22, 0.32))
      : hsl(30, 0.1, random.uniform(0.35, 0.45)),
    bill: hsl(40, 0.15, random.uniform(0.12, 0.24)),
  };
  for (let others = chance(random, 0.3) ? random.integer(1, 2) : 0; others > 0; others--) {
    const spot = {
      x: random.uniform(-60, 60),
      y: -random.uniform(6, 14),
      scale: random.uniform(0.35, 0.6),
      flip: chance(random, 0.5),
    };
    within(pen, spot, () => bird(spot.flip ? mirrored(scene) : scene, plumage));
  }
  if (chance(random, 0.5)) reflection(scene, plumage);
  else castShadow(pen, light, 0, 0, 28, 26);
  bird(scene, plumage);
}

/** The reflection of legs and belly on wet ground, from the feet downward. */
function reflection({ pen, light }: Scene, { breast, back }: Plumage): void {
  const fill = pen.createLinearGradient(0, 0, 0, 32);
  const tone = mix(breast, back, 0.6);
  fill.addColorStop(0, css(lit(light, tone, -0.5), 0.5));
  fill.addColorStop(1, css(lit(light, tone, -0.5), 0.12));
  pen.fillStyle = fill;
  pen.strokeStyle = fill;
  pen.lineWidth = 1.3;
  pen.beginPath();
  for (const x of [-2, 4]) {
    pen.moveTo(x, 0);
    pen.lineTo(x - 1, 12);
  }
  pen.stroke();
  oval(pen, 0, 20, 20, 8);
  pen.fill();
}

function bird(scene: Scene, plumage: Plumage): void {
  const { pen, random, light } = scene;
  const probing = chance(random, 0.4);
  const head: Point = probing
    ? [19, -18 + random.uniform(-2, 3)]
    : [15, -38 + random.uniform(-3, 3)];
  pen.strokeStyle = css(lit(light, hsl(60, 0.2, 0.32), -0.2));
  pen.lineWidth = 1.3;
  pen.lineCap = "round";
  pen.beginPath();
  for (const [x, foot] of [[-1, random.uniform(-7, 2)], [4, random.uniform(0, 9)]] as const) {
    pen.moveTo(x, -16);
    pen.lineTo((x + foot) / 2 - 1.5, -8);
    pen.lineTo(foot, 0);
  }
  pen.stroke();
  drawBill(scene, head, probing, plumage.bill);
  drawBody(scene, head, plumage);
  feathers(scene, plumage);
  drawFace(scene, head, probing, plumage);
}

function drawBill(
  { pen, random, light }: Scene,
  [x, y]: Point,
  probing: boolean,
  bill: Color,
): void {
  const length = random.uniform(17, 22);
  const angle = probing ? random.uniform(0.9, 1.25) : random.uniform(0, 0.3);
  const tip: Point = [x + 4 + Math.cos(angle) * length, y + Math.sin(angle) * length];
  limb(pen, [x + 3, y + 0.5], [(x + 4 + tip[0]) / 2, (y + tip[1]) / 2], tip, 2.6, 1);
  pen.fillStyle = css(lit(light, bill, -0.1));
  pen.fill();
}

function drawBody({ pen, light }: Scene, [headX, headY]: Point, { breast, back }: Plumage): void {
  const fill = pen.createLinearGradient(0, -34, 0, -11);
  fill.addColorStop(0, css(lit(light, back, 0.25)));
  fill.addColorStop(0.45, css(lit(light, mix(back, breast, 0.7), 0)));
  fill.addColorStop(0.75, css(lit(light, breast, 0)));
  fill.addColorStop(1, css(lit(light, mix(breast, [235, 230, 220], 0.4), -0.6)));
  pen.fillStyle = fill;
  limb(pen, [9, -25], [(9 + headX) / 2 + 1, (-28 + headY) / 2], [headX, headY], 15, 9.5);
  pen.fill();
  closedCurve(pen, [
    [-27, -24],
    [-16, -30],
    [-2, -33],
    [12, -31],
    [19, -24],
    [14, -15],
    [0, -11],
    [-14, -16],
  ]);
  pen.fill();
}

/** The folded wing: rows of feathers with pale edges, and bars along the flank. */
function feathers({ pen, random, light }: Scene, { breast, back }: Plumage): void {
  limb(pen, [9, -27], [-6, -29], [-27, -22], 10, 2.5);
  pen.fillStyle = css(lit(light, back, -0.1));
  pen.fill();
  const tones = [[mix(back, [15, 12, 10], 0.6), -0.3], [
    mix(back, [240, 215, 180], 0.7),
    0.2,
  ]] as const;
  for (const [tone, facing] of tones) {
    pen.strokeStyle = css(lit(light, tone, facing), 0.85);
    pen.lineWidth = 0.8;
    pen.stroke(pattern(random, "feathers", writtenFeathers));
  }
  pen.strokeStyle = css(lit(light, mix(breast, [40, 30, 24], 0.6), -0.2), 0.7);
  pen.stroke(pattern(random, "flank", writtenBars));
}

function writtenFeathers(random: RandomStream): string {
  let text = "";
  for (let feather = 0; feather < 26; feather++) {
    const x = random.uniform(-22, 11);
    const y = -26 - (x + 8) * 0.08 + random.uniform(-4.5, 4);
    text += `M${written(x + 1.5, y - 0.8)}l${written(-3.7, 1.7)}`;
  }
  return text;
}

function writtenBars(random: RandomStream): string {
  let text = "";
  for (let bar = 0; bar < 18; bar++) {
    text += `M${written(random.uniform(-12, 15), random.uniform(-21, -14))}l${written(0.6, 2)}`;
  }
  return text;
}

function drawFace({ pen, light }: Scene, [x, y]: Point, probing: boolean, plumage: Plumage): void {
  within(pen, { x, y, turn: probing ? 0.85 : 0.1 }, () => {
    pen.fillStyle = css(lit(light, plumage.back, 0.1));
    oval(pen, -0.5, -2.6, 4.6, 2.4);
    pen.fill();
    pen.strokeStyle = css(lit(light, mix(plumage.breast, [250, 240, 220], 0.75), 0.2));
    pen.lineWidth = 1;
    pen.beginPath();
    pen.moveTo(5, -0.6);
    pen.quadraticCurveTo(1, -2.2, -4, -1.2);
    pen.stroke();
    pen.strokeStyle = css(lit(light, plumage.back, -0.5), 0.8);
    pen.beginPath();
    pen.moveTo(5, 0.6);
    pen.lineTo(-3.5, 0.2);
    pen.stroke();
    pen.fillStyle = css([12, 10, 10]);
    oval(pen, 1.2, -0.4, 0.95, 0.95);
    pen.fill();
    pen.fillStyle = css(light.color, 0.9);
    oval(pen, 1.5, -0.7, 0.35, 0.35);
    pen.fill();
  });
}
