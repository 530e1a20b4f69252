import { Path2D } from "@napi-rs/canvas";
import { type Color, css, hsl } from "../color.ts";
import { castShadow, lit, tubeFill } from "../light.ts";
import { chance, within } from "../pen.ts";
import type { Scene } from "../scene.ts";
import { limb, oval, strokePath } from "../shapes.ts";
import { bassDrum } from "./bass_drum.ts";
import { ropes, skin } from "./drum_skin.ts";
import { handDrum } from "./hand_drum.ts";
import { frontLine, frontPatch, frontPoint, type Vessel, vesselRim, vesselWall } from "./vessel.ts";

/** A drum: snares and toms, hand drums, and bass drums seen from the front. */
export function drum(scene: Scene): void {
  const { pen, random } = scene;
  const kind = random.uniform(0, 1);
  const shell = chance(random, 0.3)
    ? hsl(random.uniform(18, 34), 0.5, random.uniform(0.25, 0.45))
    : hsl(random.uniform(0, 360), random.uniform(0.1, 0.8), random.uniform(0.2, 0.55));
  if (kind < 0.34) bassDrum(scene, shell);
  else if (kind < 0.54) handDrum(scene, shell);
  else {
    if (chance(random, 0.3)) {
      const spot = { x: chance(random, 0.5) ? 42 : -42, y: -5, scale: 0.75 };
      within(pen, spot, () => snare(scene, shell));
    }
    snare(scene, shell);
  }
}

/** A shell between two hoops, with lugs and rods, and sticks lying on the skin. */
function snare(scene: Scene, shell: Color): void {
  const { pen, random, light } = scene;
  const rim = random.uniform(22, 31);
  const vessel: Vessel = {
    rim,
    foot: rim,
    height: random.uniform(16, 38),
    tilt: random.uniform(0.2, 0.5),
    squareness: 2,
  };
  castShadow(pen, light, 0, rim * vessel.tilt * 0.5, rim * 2.2, vessel.height);
  vesselWall(scene, vessel, shell, 0.7);
  const metal: Color = chance(random, 0.7) ? [190, 192, 196] : hsl(40, 0.5, 0.5);
  hoops(scene, vessel, metal);
  if (chance(random, 0.75)) rods(scene, vessel, metal);
  else ropes(scene, vessel);
  skin(scene, vessel);
  vesselRim(scene, vessel, metal, 2.2);
  if (chance(random, 0.35)) sticks(scene, -vessel.height);
}

function hoops({ pen, light }: Scene, vessel: Vessel, metal: Color): void {
  for (const [top, bottom] of [[0, 0.13], [0.87, 1]] as const) {
    pen.fillStyle = tubeFill(pen, light, -vessel.rim, vessel.rim, metal, 0.9);
    pen.fill(new Path2D(frontPatch(vessel, [-1, 1], [top, bottom])));
    pen.strokeStyle = css(light.shadow, 0.5);
    pen.lineWidth = 0.6;
    strokePath(pen, frontLine(vessel, top > 0 ? top : bottom));
  }
}

function rods({ pen, random, light }: Scene, vessel: Vessel, metal: Color): void {
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

function sticks({ pen, random, light }: Scene, y: number): void {
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
