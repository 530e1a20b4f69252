import { type Colour, css, hsl, mix } from "./colour.ts";
import { furryLimb, furryOval } from "./fur.ts";
import { castShadow, lit } from "./light.ts";
import { closedCurve, hairs, limb, oval, type Point } from "./shapes.ts";
import { chance, type Stage, within } from "./stage.ts";

/** A bison from the side or from the front, alone or before others of its herd. */
export function bison(stage: Stage): void {
  const { pen, random } = stage;
  const coat = hsl(random.uniform(18, 34), random.uniform(0.25, 0.5), random.uniform(0.2, 0.36));
  for (let others = chance(random, 0.35) ? random.integer(1, 3) : 0; others > 0; others--) {
    const spot = {
      x: random.uniform(-75, 75),
      y: -random.uniform(8, 16),
      scale: random.uniform(0.22, 0.4),
      flip: chance(random, 0.5),
    };
    within(pen, spot, () => fromSide(stage, coat));
  }
  if (chance(random, 0.28)) fromFront(stage, coat);
  else fromSide(stage, coat);
}

function fromSide(stage: Stage, coat: Colour): void {
  const { pen, random, light } = stage;
  const mane = mix(coat, [24, 16, 12], random.uniform(0.35, 0.75));
  castShadow(pen, light, 0, 0, 62, 45);
  const stride = random.uniform(-4, 4);
  for (const [x, depth] of [[-24, -0.75], [16, -0.75]] as const) {
    leg(stage, x + stride, mane, depth);
  }
  closedCurve(pen, [
    [-35, -32],
    [-28, -38],
    [-12, -38],
    [2, -46],
    [13, -54],
    [24, -50],
    [31, -38],
    [27, -20],
    [14, -12],
    [-8, -14],
    [-24, -15],
    [-34, -19],
  ]);
  const fill = pen.createLinearGradient(0, -54, 0, -10);
  fill.addColorStop(0, css(lit(light, coat, 0.35)));
  fill.addColorStop(0.45, css(lit(light, coat, -0.15)));
  fill.addColorStop(1, css(lit(light, coat, -0.85)));
  pen.fillStyle = fill;
  pen.fill();
  for (const [x, facing] of [[-28, -0.2], [12, -0.35]] as const) {
    leg(stage, x - stride, mane, facing);
  }
  pelt(stage, coat, mane);
  tail(stage, mane);
  const grazing = chance(random, 0.35) ? random.uniform(6, 13) : 0;
  head(stage, [32, -30 + grazing], mane);
}

/** Short hairs on the flank, long ones on hump, shoulder and chest. */
function pelt(stage: Stage, coat: Colour, mane: Colour): void {
  const { pen, random, light } = stage;
  pen.lineWidth = 0.5;
  for (const facing of [-0.6, 0.1, 0.55]) {
    pen.strokeStyle = css(lit(light, coat, facing), 0.6);
    hairs(pen, random, [-14, -27 - facing * 4], 18, 9, { count: 70, length: 1.8, lean: 0.9 });
    hairs(pen, random, [8, -39 - facing * 6], 14, 9, { count: 60, length: 3, lean: 0.5 });
    pen.stroke();
  }
  furryOval(stage, [20, -29], 12, 15, { colour: mix(coat, mane, 0.6), length: 4, lean: 0.3 });
}

function leg({ pen, light }: Stage, x: number, colour: Colour, facing: number): void {
  limb(pen, [x, -17], [x + 1, -9], [x - 0.5, -1], 8, 3.4);
  pen.fillStyle = css(lit(light, colour, facing));
  pen.fill();
  pen.fillStyle = css(lit(light, [30, 26, 24], facing));
  oval(pen, x, -1, 2.6, 1.5);
  pen.fill();
}

function tail(stage: Stage, colour: Colour): void {
  const sway = stage.random.uniform(-5, 3);
  furryLimb(stage, [[-34, -31], [-39, -26], [-37 + sway, -15]], [1.8, 2.4], {
    colour,
    length: 2.5,
  });
}

/** The head from the side: hair over the brow, beard, horn and a bare muzzle. */
function head(stage: Stage, [x, y]: Point, mane: Colour): void {
  const { pen, light } = stage;
  furryOval(stage, [x, y], 9, 11, { colour: mane, length: 3, lean: 0.2 });
  furryOval(stage, [x + 2, y + 14], 4, 8, { colour: mix(mane, [16, 12, 10], 0.4), length: 4 });
  limb(pen, [x + 4, y + 2], [x + 8, y + 7], [x + 9, y + 10], 9, 7);
  pen.fillStyle = css(lit(light, mix(mane, [36, 30, 28], 0.5), -0.1));
  pen.fill();
  pen.fillStyle = css([12, 10, 10], 0.9);
  oval(pen, x + 11, y + 10, 1, 0.7);
  oval(pen, x + 6.5, y + 1, 1.1, 1);
  pen.fill();
  pen.fillStyle = css(light.colour, 0.8);
  oval(pen, x + 6.8, y + 0.6, 0.4, 0.4);
  pen.fill();
  furryOval(stage, [x, y - 8], 8, 5, { colour: mix(mane, [90, 60, 40], 0.2), length: 3.4 });
  horn(stage, [x - 1, y - 7], 1);
}

function horn({ pen, light }: Stage, [x, y]: Point, side: 1 | -1): void {
  limb(pen, [x, y], [x + side * 6, y - 1], [x + side * 5.5, y - 8], 3.4, 0.8);
  pen.fillStyle = css(lit(light, [92, 84, 74], 0.25));
  pen.fill();
}

function fromFront(stage: Stage, coat: Colour): void {
  const { pen, random, light } = stage;
  const mane = mix(coat, [24, 16, 12], random.uniform(0.35, 0.75));
  castShadow(pen, light, 0, 0, 36, 45);
  for (const x of [-10, 10]) leg(stage, x, mane, -0.4);
  furryOval(stage, [0, -32], 20, 22, { colour: coat, length: 3 });
  furryOval(stage, [0, -24], 16, 15, { colour: mix(coat, mane, 0.6), length: 4.5 });
  const turn = random.uniform(-6, 6);
  const drop = random.uniform(0, 8);
  within(pen, { x: turn, y: drop }, () => {
    horn(stage, [8, -40], 1);
    horn(stage, [-8, -40], -1);
    furryOval(stage, [0, -32], 10.5, 12, { colour: mane, length: 3.5 });
    furryOval(stage, [0, -15], 5, 9, { colour: mix(mane, [16, 12, 10], 0.4), length: 4.5 });
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
    furryOval(stage, [0, -40], 9, 5, { colour: mix(mane, [90, 60, 40], 0.25), length: 4 });
  });
}
