import type { RandomStream } from "../../../random/stream.ts";
import { type Color, css, hsl, mix } from "../color.ts";
import { ballFill, castShadow, lit, tubeFill } from "../light.ts";
import { pattern, UNIT } from "../patterns.ts";
import { chance, within } from "../pen.ts";
import type { Scene } from "../scene.ts";
import { closedCurve, lump, oval, type Point, written } from "../shapes.ts";

/** A false morel: a brain-like cap on a stout pale stem; sometimes with a second one beside it. */
export function mushroom(scene: Scene): void {
  const { pen, random } = scene;
  const cap = hsl(random.uniform(8, 30), random.uniform(0.35, 0.62), random.uniform(0.2, 0.4));
  if (chance(random, 0.35)) {
    const spot = { x: random.uniform(24, 36) * (chance(random, 0.5) ? 1 : -1), y: -3, scale: 0.6 };
    within(pen, spot, () => one(scene, cap));
  }
  one(scene, cap);
  litter(scene);
}

function one(scene: Scene, cap: Color): void {
  const { pen, random, light } = scene;
  const height = random.uniform(12, 24);
  const width = random.uniform(13, 20);
  castShadow(pen, light, 0, 0, width * 1.5, 38);
  stem(scene, height, width);
  const [radiusX, radiusY] = [random.uniform(20, 29), random.uniform(14, 20)];
  const center: Point = [random.uniform(-3, 3), -height - radiusY * 0.75];
  pen.save();
  closedCurve(pen, lump(random, center, radiusX * 1.06, radiusY * 1.08, 0.13, 15));
  pen.fillStyle = ballFill(pen, light, ...center, radiusX, mix(cap, [30, 12, 8], 0.35));
  pen.fill();
  pen.clip();
  folds(scene, center, radiusX, radiusY, cap);
  shade(scene, center, radiusX, radiusY);
  pen.restore();
}

/** The shading of the whole cap, over its folds. */
function shade({ pen, light }: Scene, [x, y]: Point, radiusX: number, radiusY: number): void {
  const fill = pen.createRadialGradient(
    x + light.side * radiusX * 0.4,
    y - radiusY * (0.3 + 0.3 * light.height),
    radiusY * 0.3,
    x,
    y,
    radiusX * 1.15,
  );
  fill.addColorStop(0, css(light.shadow, 0));
  fill.addColorStop(0.55, css(light.shadow, 0.12));
  fill.addColorStop(1, css(light.shadow, 0.62));
  pen.fillStyle = fill;
  pen.fillRect(x - radiusX * 1.5, y - radiusY * 1.5, radiusX * 3, radiusY * 3);
}

function stem({ pen, random, light }: Scene, height: number, width: number): void {
  const flesh = hsl(random.uniform(24, 42), random.uniform(0.15, 0.35), random.uniform(0.62, 0.82));
  const half = width / 2;
  closedCurve(pen, [
    [-half * 0.8, -height - 6],
    [half * 0.8, -height - 6],
    [half * 0.85, -height * 0.5],
    [half * 1.25, 1],
    [0, 2.5],
    [-half * 1.25, 1],
    [-half * 0.85, -height * 0.5],
  ]);
  pen.fillStyle = tubeFill(pen, light, -half, half, flesh, 0.4);
  pen.fill();
  pen.strokeStyle = css(lit(light, flesh, -0.8), 0.55);
  pen.lineWidth = 0.8;
  pen.beginPath();
  for (let groove = 0; groove < 5; groove++) {
    const x = random.uniform(-half * 0.7, half * 0.7);
    pen.moveTo(x * 0.9, -height);
    pen.quadraticCurveTo(x + random.uniform(-1.5, 1.5), -height * 0.5, x * 1.15, 0);
  }
  pen.stroke();
  // The shadow of the cap.
  pen.fillStyle = css(light.shadow, 0.4);
  oval(pen, 0, -height - 1, half, 4);
  pen.fill();
}

/** Winding folds in three rows, of which a lower one covers an upper one. */
function folds(scene: Scene, [x, y]: Point, radiusX: number, radiusY: number, cap: Color): void {
  const { pen, random, light } = scene;
  pen.lineCap = "round";
  pen.lineJoin = "round";
  for (const row of [-1, 0, 1]) {
    const path = pattern(random, `folds ${row}`, (stream) => writtenFolds(stream, row));
    const facing = (0.25 - 0.4 * row) * light.height;
    const thickness = random.uniform(19, 25);
    const strokes = [
      [thickness + 7, -0.9, 0],
      [thickness, facing - 0.1, 0],
      [thickness * 0.3, facing + 0.35, 0.9],
    ] as const;
    const [left, flip] = [random.uniform(-2, 2), chance(random, 0.5) ? -1 : 1];
    for (const [width, turned, shift] of strokes) {
      pen.save();
      pen.transform(
        flip * radiusX / UNIT,
        0,
        0,
        radiusY / UNIT,
        x + left + light.side * shift,
        y - shift,
      );
      pen.strokeStyle = css(lit(light, cap, turned));
      pen.lineWidth = width;
      pen.stroke(path);
      pen.restore();
    }
  }
}

/** Folds of a row: -1 above, 0 in the middle, 1 below. */
function writtenFolds(random: RandomStream, row: number): string {
  const count = row === 0 ? 7 : 5;
  return Array.from({ length: count }, (_, fold) => {
    const across = ((fold + 0.5) / count * 2 - 1) * (row === 0 ? 1 : 0.75);
    const x = UNIT * (across + random.uniform(-0.08, 0.08));
    const y = UNIT * (row * 0.62 + random.uniform(-0.22, 0.22));
    const turn = random.uniform(0, Math.PI * 2);
    const bend = turn + random.uniform(0.6, 1.5) * (chance(random, 0.5) ? 1 : -1);
    const [outX, outY] = [Math.cos(turn) * 20, Math.sin(turn) * 24];
    const [onX, onY] = [outX + Math.cos(bend) * 20, outY + Math.sin(bend) * 24];
    return `M${written(x - outX, y - outY)}q${written(outX, outY)} ${written(onX, onY)}` +
      `t${written(onX - outX, onY * 0.6)}`;
  }).join("");
}

/** Leaves and needles in front of the stem. */
function litter({ pen, random, light }: Scene): void {
  for (let leaf = random.integer(3, 9); leaf > 0; leaf--) {
    const color = hsl(
      random.uniform(20, 90),
      random.uniform(0.25, 0.55),
      random.uniform(0.2, 0.5),
    );
    pen.fillStyle = css(lit(light, color, random.uniform(-0.7, 0.3)));
    const [x, y] = [random.uniform(-26, 26), random.uniform(-1, 6)];
    oval(pen, x, y, random.uniform(3, 6), random.uniform(1, 2.4), random.uniform(-0.8, 0.8));
    pen.fill();
  }
}
