import { Path2D } from "@napi-rs/canvas";
import { type Color, css, hsl } from "../color.ts";
import { lit } from "../light.ts";
import { chance } from "../pen.ts";
import type { Scene } from "../scene.ts";
import { written } from "../shapes.ts";
import { fillBasket } from "./contents.ts";
import {
  frontLine,
  frontPatch,
  frontPoint,
  randomVessel,
  type Vessel,
  vesselBack,
  vesselHandle,
  vesselRim,
  vesselWall,
} from "./vessel.ts";

/** A shopping basket: of slotted plastic, wire or wicker; some are almost smooth, like a bucket. */
export function basket(scene: Scene): void {
  const { random } = scene;
  const vessel = randomVessel(scene, chance(random, 0.55) ? 1 : 0);
  const kind = random.uniform(0, 1);
  const wicker = kind < 0.27;
  const wire = kind > 0.8;
  const color: Color = wicker
    ? hsl(random.uniform(22, 40), random.uniform(0.3, 0.55), random.uniform(0.34, 0.6))
    : wire
    ? hsl(210, 0.05, random.uniform(0.55, 0.8))
    : hsl(random.uniform(0, 360), random.uniform(0.4, 0.85), random.uniform(0.3, 0.55));
  vesselBack(scene, vessel, wire ? [70, 70, 70] : color);
  fillBasket(scene, vessel);
  if (wicker) weave(scene, vessel, color);
  else if (wire) grid(scene, vessel, color);
  else slots(scene, vessel, color, kind < 0.56);
  vesselRim(scene, vessel, color, wicker ? 3.2 : wire ? 1.4 : 2.8);
  handles(scene, vessel, color, wire);
}

function handles(scene: Scene, vessel: Vessel, color: Color, wire: boolean): void {
  const { random } = scene;
  const own = wire || chance(random, 0.3) ? [58, 58, 62] as const : color;
  const width = random.uniform(1.5, 3);
  const kind = random.uniform(0, 1);
  if (kind < 0.12) return;
  if (kind < 0.45) {
    const spread = random.uniform(3, 8);
    const rise = random.uniform(9, 18);
    vesselHandle(scene, vessel, own, { rise: rise * 0.9, lean: -spread, width });
    vesselHandle(scene, vessel, own, { rise, lean: spread, width });
    return;
  }
  const hangs = kind < 0.6;
  vesselHandle(scene, vessel, own, {
    rise: hangs ? -random.uniform(6, 15) : random.uniform(10, 24),
    lean: random.uniform(-5, 5),
    width,
  });
}

/** Plastic with rows of slots; with `few`, only one or two rows below the rim. */
function slots(scene: Scene, vessel: Vessel, color: Color, few: boolean): void {
  const { pen, random, light } = scene;
  vesselWall(scene, vessel, color, 0.4);
  const rows = few ? random.integer(1, 2) : random.integer(2, 5);
  const columns = random.integer(6, 12);
  const height = few ? 0.1 : 0.8 / rows;
  pen.fillStyle = css(lit(light, color, -1), 0.9);
  let holes = "";
  for (let row = 0; row < rows; row++) {
    const top = 0.12 + row * height;
    for (let column = 0; column < columns; column++) {
      const left = -0.94 + column * 1.88 / columns;
      holes += frontPatch(vessel, [left, left + 1.1 / columns], [top, top + height * 0.62]);
    }
  }
  pen.fill(new Path2D(holes));
}

/** Wire: the goods show through. */
function grid({ pen, light }: Scene, vessel: Vessel, color: Color): void {
  pen.fillStyle = css(light.shadow, 0.28);
  pen.fill(new Path2D(frontPatch(vessel, [-1, 1], [0, 1])));
  let wires = "";
  for (let line = -8; line <= 8; line++) {
    const [top, bottom] = [frontPoint(vessel, line / 8, 0), frontPoint(vessel, line / 8, 1)];
    wires += `M${written(...top)}L${written(...bottom)}`;
  }
  for (let depth = 0.2; depth <= 1; depth += 0.2) wires += frontLine(vessel, depth);
  const path = new Path2D(wires);
  for (const [width, facing] of [[1.1, -0.7], [0.55, 0.6]] as const) {
    pen.strokeStyle = css(lit(light, color, facing));
    pen.lineWidth = width;
    pen.stroke(path);
  }
}

/** Wicker: strands that pass alternately in front of and behind the stakes. */
function weave(scene: Scene, vessel: Vessel, color: Color): void {
  const { pen, random, light } = scene;
  vesselWall(scene, vessel, color, 0.1);
  const rows = random.integer(6, 10);
  const stakes = random.integer(8, 13);
  for (const facing of [-0.95, 0.4]) {
    pen.fillStyle = css(lit(light, color, facing), facing < 0 ? 0.75 : 0.6);
    let strands = "";
    for (let row = 0; row < rows; row++) {
      for (let stake = row % 2; stake < stakes; stake += 2) {
        const left = -1 + (stake + (facing < 0 ? 0 : 1)) * 2 / stakes;
        if (left > 0.97) continue;
        const right = Math.min(1, left + (facing < 0 ? 0.8 : 1.6) / stakes);
        const top = row / rows;
        strands += frontPatch(vessel, [left, right], [top + 0.1 / rows, top + 0.7 / rows]);
      }
    }
    pen.fill(new Path2D(strands));
  }
}
