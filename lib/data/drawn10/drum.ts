import { type Colour, css, hsl, mix } from "./colour.ts";
import { castShadow, lit, tubeFill } from "./light.ts";
import { limb, oval, type Point } from "./shapes.ts";
import { chance, type Stage, within } from "./stage.ts";
import {
  frontLine,
  frontPatch,
  frontPoint,
  ring,
  type Vessel,
  vesselRim,
  vesselWall,
} from "./vessel.ts";

/** A drum: snares and toms, hand drums, and bass drums seen from the front. */
export function drum(stage: Stage): void {
  const { pen, random } = stage;
  const kind = random.uniform(0, 1);
  const shell = chance(random, 0.3)
    ? hsl(random.uniform(18, 34), 0.5, random.uniform(0.25, 0.45))
    : hsl(random.uniform(0, 360), random.uniform(0.1, 0.8), random.uniform(0.2, 0.55));
  if (kind < 0.26) bass(stage, shell);
  else if (kind < 0.48) hand(stage, shell);
  else {
    if (chance(random, 0.3)) {
      const spot = { x: chance(random, 0.5) ? 42 : -42, y: -5, scale: 0.75 };
      within(pen, spot, () => snare(stage, shell));
    }
    snare(stage, shell);
  }
}

function skinColour({ random }: Stage): Colour {
  return mix(hsl(38, 0.45, random.uniform(0.6, 0.8)), [240, 240, 236], random.uniform(0, 1));
}

/** A shell between two hoops, with lugs and rods, and sticks laid on its skin. */
function snare(stage: Stage, shell: Colour): void {
  const { pen, random, light } = stage;
  const rim = random.uniform(22, 31);
  const vessel: Vessel = {
    rim,
    foot: rim,
    height: random.uniform(16, 38),
    tilt: random.uniform(0.2, 0.5),
    squareness: 2,
  };
  castShadow(pen, light, 0, rim * vessel.tilt * 0.5, rim * 2.2, vessel.height);
  vesselWall(stage, vessel, shell, 0.7);
  const metal: Colour = chance(random, 0.7) ? [190, 192, 196] : hsl(40, 0.5, 0.5);
  hoops(stage, vessel, metal);
  if (chance(random, 0.75)) rods(stage, vessel, metal);
  else ropes(stage, vessel);
  skin(stage, vessel);
  vesselRim(stage, vessel, metal, 2.2);
  if (chance(random, 0.6)) sticks(stage, -vessel.height);
}

function hoops({ pen, light }: Stage, vessel: Vessel, metal: Colour): void {
  for (const [top, bottom] of [[0, 0.13], [0.87, 1]] as const) {
    pen.fillStyle = tubeFill(pen, light, -vessel.rim, vessel.rim, metal, 0.9);
    pen.beginPath();
    frontPatch(pen, vessel, [-1, 1], [top, bottom]);
    pen.fill();
    pen.strokeStyle = css(light.shadow, 0.5);
    pen.lineWidth = 0.6;
    pen.beginPath();
    frontLine(pen, vessel, top > 0 ? top : bottom);
    pen.stroke();
  }
}

function rods({ pen, random, light }: Stage, vessel: Vessel, metal: Colour): void {
  const count = random.integer(4, 7);
  for (const [shift, width, facing] of [[0.5, 1.6, -0.9], [0, 1, 0.5]] as const) {
    pen.strokeStyle = css(lit(light, metal, facing));
    pen.lineCap = "round";
    for (let rod = 0; rod < count; rod++) {
      const across = -0.86 + rod * 1.72 / (count - 1);
      const [x, top] = frontPoint(vessel, across, 0.04);
      const bottom = frontPoint(vessel, across, 0.96)[1];
      pen.lineWidth = width;
      pen.beginPath();
      pen.moveTo(x + shift, top);
      pen.lineTo(x + shift, bottom);
      pen.stroke();
      pen.lineWidth = width * 2.4;
      pen.beginPath();
      pen.moveTo(x + shift, top + vessel.height * 0.36);
      pen.lineTo(x + shift, top + vessel.height * 0.52);
      pen.stroke();
    }
  }
}

/** Ropes that run up and down between the hoops. */
function ropes({ pen, light }: Stage, vessel: Vessel): void {
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

function skin(stage: Stage, vessel: Vessel): void {
  const { pen, random, light } = stage;
  const colour = skinColour(stage);
  ring(pen, vessel, 0);
  const fill = pen.createLinearGradient(-vessel.rim * light.side, 0, vessel.rim * light.side, -6);
  fill.addColorStop(0, css(lit(light, colour, -0.35)));
  fill.addColorStop(1, css(lit(light, colour, 0.4)));
  pen.fillStyle = fill;
  pen.fill();
  if (!chance(random, 0.5)) return;
  const spot = chance(random, 0.5) ? [40, 36, 34] as const : mix(colour, [120, 90, 60], 0.35);
  pen.fillStyle = css(lit(light, spot, 0), 0.55);
  oval(pen, 0, -vessel.height, vessel.rim * 0.5, vessel.rim * vessel.tilt * 0.5);
  pen.fill();
}

function sticks({ pen, random, light }: Stage, y: number): void {
  const wood = hsl(32, 0.45, random.uniform(0.45, 0.7));
  for (let stick = 0; stick < 2; stick++) {
    const spot = {
      x: random.uniform(-6, 6),
      y: y + random.uniform(-2, 3),
      turn: (stick === 0 ? -1 : 1) * random.uniform(0.1, 0.55),
    };
    within(pen, spot, () => {
      pen.fillStyle = css(light.shadow, 0.35);
      limb(pen, [-24, 2.2], [0, 2.4], [26, 2.2], 1.8, 1.3);
      pen.fill();
      pen.fillStyle = css(lit(light, wood, 0.1));
      limb(pen, [-24, 0], [0, 0], [26, 0], 2.2, 1.4);
      pen.fill();
      oval(pen, 27, 0, 2.2, 1.5);
      pen.fill();
    });
  }
}

/** A goblet or a barrel with laced ropes. */
function hand(stage: Stage, shell: Colour): void {
  const { pen, random, light } = stage;
  const rim = random.uniform(14, 21);
  const waist = random.uniform(0.5, 1.05);
  const height = random.uniform(44, 56);
  castShadow(pen, light, 0, 1, rim * 1.5, height);
  const side = (way: 1 | -1): Point[] => [
    [way * rim, -height],
    [way * rim * (0.4 + waist * 0.65), -height * 0.62],
    [way * rim * waist * 0.55, -height * 0.3],
    [way * rim * (0.35 + waist * 0.4), 0],
  ];
  const [right, left] = [side(1), side(-1).reverse()];
  pen.beginPath();
  pen.moveTo(rim, -height);
  pen.bezierCurveTo(...at(right, 1), ...at(right, 2), ...at(right, 3));
  pen.quadraticCurveTo(0, 5, ...at(left, 0));
  pen.bezierCurveTo(...at(left, 1), ...at(left, 2), ...at(left, 3));
  pen.fillStyle = tubeFill(pen, light, -rim, rim, shell, 0.5);
  pen.fill();
  const vessel = { rim, foot: rim * (0.5 + waist * 0.3), height, tilt: 0.32, squareness: 2 };
  pen.save();
  pen.clip();
  ropes(stage, { ...vessel, height: height * 1.0 });
  pen.restore();
  skin(stage, vessel);
  vesselRim(stage, vessel, mix(shell, [230, 220, 190], 0.6), 2.6);
}

function at(points: readonly Point[], index: number): Point {
  return points[index] ?? [0, 0];
}

/** A bass drum: a wide skin in a hoop, facing the camera. */
function bass(stage: Stage, shell: Colour): void {
  const { pen, random, light } = stage;
  const radius = random.uniform(24, 31);
  const away = random.uniform(-9, 9);
  const squeeze = 1 - Math.abs(away) * 0.016;
  castShadow(pen, light, away * 0.5, 0, radius * 2, 50);
  pen.fillStyle = css(lit(light, shell, -0.45));
  limb(pen, [away, -radius], [away / 2, -radius], [0, -radius], radius * 1.9, radius * 2);
  pen.fill();
  const face = skinColour(stage);
  const fill = pen.createLinearGradient(-radius * light.side, 0, radius * light.side, -2 * radius);
  fill.addColorStop(0, css(lit(light, face, -0.5)));
  fill.addColorStop(1, css(lit(light, face, 0.3)));
  pen.fillStyle = fill;
  oval(pen, 0, -radius, radius * squeeze, radius);
  pen.fill();
  const badge = hsl(random.uniform(0, 360), 0.5, 0.35);
  pen.fillStyle = css(lit(light, badge, 0), 0.8);
  oval(pen, 0, -radius, radius * random.uniform(0.25, 0.5), radius * random.uniform(0.2, 0.5));
  pen.fill();
  for (const [width, facing] of [[4, -0.3], [1.4, 0.6]] as const) {
    pen.strokeStyle = css(lit(light, shell, facing));
    pen.lineWidth = width;
    oval(pen, 0, -radius, radius * squeeze, radius);
    pen.stroke();
  }
  pen.fillStyle = css(lit(light, [200, 202, 206], 0.3));
  for (let claw = 0; claw < 10; claw++) {
    const angle = claw / 5 * Math.PI + 0.3;
    oval(pen, Math.cos(angle) * radius * squeeze, -radius + Math.sin(angle) * radius, 1.4, 1.4);
    pen.fill();
  }
}
