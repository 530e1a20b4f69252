import type { RandomStream } from "../../../random/stream.ts";
import { type Color, css, hsl, mix } from "../color.ts";
import { castShadow, lit } from "../light.ts";
import { pattern, UNIT } from "../patterns.ts";
import { chance, within } from "../pen.ts";
import { mirrored, type Scene } from "../scene.ts";
import { limb, oval, type Point, written } from "../shapes.ts";

/** Zucchini on a table or in a garden: some side by side, some cut. */
export function zucchini(scene: Scene): void {
  const { pen, random } = scene;
  const hue = chance(random, 0.13) ? random.uniform(46, 56) : random.uniform(88, 128);
  const skin = hsl(hue, random.uniform(0.3, 0.6), hue < 60 ? 0.5 : random.uniform(0.16, 0.36));
  const count = random.integer(1, 4);
  const turn = random.uniform(-0.6, 0.6);
  for (let fruit = 0; fruit < count; fruit++) {
    const spot = {
      x: random.normal() * 6,
      y: (fruit - count + 1) * random.uniform(9, 13) - 4,
      turn: turn + random.normal() * (chance(random, 0.3) ? 0.5 : 0.12),
      scale: random.uniform(0.85, 1.15),
      flip: chance(random, 0.4),
    };
    within(pen, spot, () => {
      if (spot.flip) one(mirrored(scene), skin, -spot.turn);
      else one(scene, skin, spot.turn);
    });
  }
  if (chance(random, 0.4)) slices(scene, skin);
}

function one(scene: Scene, skin: Color, turn: number): void {
  const { pen, random, light } = scene;
  const half = random.uniform(24, 33);
  const [thin, thick] = [random.uniform(8, 10), random.uniform(10, 15)];
  const bow = random.uniform(-5, 5);
  castShadow(pen, light, 0, thick * 0.45, half * 2.1, thick);
  stalk(scene, -half, bow, skin);
  limb(pen, [-half, 0], [0, bow], [half, 0], thin, thick);
  pen.fillStyle = roundFill(scene, skin, thick, turn, bow);
  pen.fill();
  pen.save();
  pen.clip();
  stripes(scene, skin, half, thick, bow);
  pen.restore();
  if (chance(random, 0.25)) cutEnd(scene, half, thick, skin);
  else {
    pen.fillStyle = css(lit(light, mix(skin, [120, 100, 60], 0.6), -0.2));
    oval(pen, half + thick * 0.44, 0, 0.9, 1.5);
    pen.fill();
  }
}

/** Bright where the fruit faces the light, dark toward the table. */
function roundFill(
  { pen, light }: Scene,
  skin: Color,
  thick: number,
  turn: number,
  bow: number,
): ReturnType<Scene["pen"]["createLinearGradient"]> {
  const lean = light.side * Math.sin(turn) * 0.3;
  const fill = pen.createLinearGradient(0, bow * 0.5 - thick * 0.55, 0, bow * 0.5 + thick * 0.55);
  fill.addColorStop(0, css(lit(light, skin, -0.15)));
  fill.addColorStop(Math.max(0.1, 0.28 - lean), css(lit(light, skin, 0.45)));
  fill.addColorStop(0.55, css(lit(light, skin, -0.1)));
  fill.addColorStop(1, css(lit(light, skin, -0.9)));
  return fill;
}

/** Pale stripes along the fruit, broken into specks. */
function stripes(
  { pen, random, light }: Scene,
  skin: Color,
  half: number,
  thick: number,
  bow: number,
): void {
  const pale = mix(skin, hsl(75, 0.4, 0.7), random.uniform(0.2, 0.7));
  const dashed = chance(random, 0.6);
  pen.strokeStyle = css(lit(light, pale, 0.05), 0.6);
  const width = random.uniform(0.5, 1.1);
  // The bow in steps, so that each pattern serves many fruits.
  const level = Math.round(bow / thick * 5);
  const name = `stripes ${dashed} ${level}`;
  const lines = pattern(random, name, (stream) => writtenStripes(stream, dashed, level / 5));
  pen.save();
  pen.transform((half + 6) / UNIT, 0, 0, thick / UNIT, 0, 0);
  pen.lineWidth = width * UNIT / Math.sqrt(half * thick);
  pen.stroke(lines);
  pen.restore();
  pen.fillStyle = css(light.color, 0.35 * light.hardness);
  oval(pen, light.side * half * 0.4, bow * 0.5 - thick * 0.24, half * 0.45, thick * 0.07);
  pen.fill();
}

function writtenStripes(random: RandomStream, dashed: boolean, bow: number): string {
  let text = "";
  for (let stripe = -2; stripe <= 2; stripe++) {
    const y = (along: number): number =>
      UNIT * (stripe * (0.17 + 0.04 * (1 - along * along)) + bow * (1 - along * along) / 2);
    const [dash, gap] = dashed
      ? [random.uniform(0.03, 0.12), random.uniform(0.03, 0.08)]
      : [0.2, 0];
    for (let along = -1; along < 1; along += dash + gap) {
      const end = Math.min(1, along + dash);
      text += `M${written(along * UNIT, y(along))}L${written(end * UNIT, y(end))}`;
    }
  }
  return text;
}

function stalk({ pen, random, light }: Scene, end: number, bow: number, skin: Color): void {
  const color = mix(skin, hsl(80, 0.3, 0.6), 0.55);
  const tip: Point = [end - random.uniform(8, 12), random.uniform(-2, 2) - bow * 0.3];
  limb(pen, [end, 0], [end - 5, 0], tip, 7, 4.4);
  pen.fillStyle = css(lit(light, color, -0.25));
  pen.fill();
  pen.fillStyle = css(lit(light, mix(color, [225, 215, 170], 0.7), 0));
  oval(pen, tip[0] - 0.8, tip[1], 1.3, 2.2);
  pen.fill();
}

function cutEnd({ pen, light }: Scene, half: number, thick: number, skin: Color): void {
  pen.fillStyle = css(lit(light, skin, -0.4));
  oval(pen, half + 1, 0, thick * 0.3, thick * 0.52);
  pen.fill();
  pen.fillStyle = css(lit(light, hsl(68, 0.4, 0.8), 0.1));
  oval(pen, half + 1.3, 0, thick * 0.25, thick * 0.46);
  pen.fill();
}

/** Round slices in front of the fruit. */
function slices({ pen, random, light }: Scene, skin: Color): void {
  const flesh = hsl(random.uniform(60, 78), 0.42, 0.8);
  const start = random.uniform(-26, 6);
  for (let slice = random.integer(2, 5); slice > 0; slice--) {
    const [x, y] = [start + slice * random.uniform(5, 7), random.uniform(7, 10)];
    const [width, height] = [7, random.uniform(3.6, 5)];
    for (
      const [shift, share, color, facing] of [
        [1.6, 1.03, skin, -0.7],
        [0, 1, skin, -0.1],
        [0, 0.9, flesh, 0.15],
        [0, 0.5, mix(flesh, [205, 200, 130], 0.6), 0],
      ] as const
    ) {
      pen.fillStyle = css(lit(light, color, facing));
      oval(pen, x, y + shift, width * share, height * share);
      pen.fill();
    }
    pen.fillStyle = css(lit(light, [240, 235, 200], 0.3));
    for (let seed = 0; seed < 6; seed++) {
      oval(pen, x + Math.cos(seed * 1.05) * 2.6, y + Math.sin(seed * 1.05) * 1.5, 0.7, 0.4);
      pen.fill();
    }
  }
}
