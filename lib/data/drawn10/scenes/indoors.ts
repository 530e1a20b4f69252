import type { RandomStream } from "../../../random/stream.ts";
import { type Color, css, hsl, mix } from "../color.ts";
import { lit } from "../light.ts";
import { fillPattern, keptPath, pattern, UNIT, writtenOval } from "../patterns.ts";
import { chance, pick } from "../pen.ts";
import type { Scene } from "../scene.ts";
import { written } from "../shapes.ts";

/** A room, yard or kitchen: a wall, with a table or floor in front of it. */
export function room(scene: Scene, horizon: number): void {
  const { random } = scene;
  const wall = hsl(random.uniform(0, 360), random.uniform(0, 0.35), random.uniform(0.35, 0.88));
  paintWall(scene, horizon, wall);
  const covering = random.uniform(0, 1);
  if (covering < 0.22) bricks(scene, horizon, 8, 4);
  else if (covering < 0.4) bricks(scene, horizon, 9, 9);
  else if (covering < 0.68) shelves(scene, horizon);
  else if (covering < 0.8) window(scene, horizon);
  floor(scene, horizon);
}

/** A stage or a dim hall: lamps in the background, a dark floor. */
export function hall(scene: Scene, horizon: number): void {
  const { pen, random } = scene;
  const dark = hsl(random.uniform(0, 360), random.uniform(0.1, 0.5), random.uniform(0.06, 0.2));
  paintWall(scene, horizon, dark);
  pen.fillStyle = css(mix(dark, [0, 0, 0], 0.5), 0.5);
  fillPattern(pen, pattern(random, "curtain", writtenCurtain), [50, horizon], 50, horizon + 5);
  for (let lamp = random.integer(1, 4); lamp > 0; lamp--) {
    const [x, y, radius] = [random.uniform(5, 95), random.uniform(0, 35), random.uniform(5, 22)];
    const glow = pen.createRadialGradient(x, y, 0, x, y, radius);
    const color = hsl(random.uniform(0, 360), 0.7, 0.75);
    glow.addColorStop(0, css(color, 0.95));
    glow.addColorStop(0.25, css(color, 0.4));
    glow.addColorStop(1, css(color, 0));
    pen.fillStyle = glow;
    pen.fillRect(x - radius, y - radius, radius * 2, radius * 2);
  }
  surface(scene, horizon, mix(dark, [90, 60, 40], random.uniform(0.1, 0.5)));
}

/** The dark folds of a curtain that hangs down to y = 0. */
function writtenCurtain(random: RandomStream): string {
  let text = "";
  for (let fold = 0; fold < 12; fold++) {
    const width = random.uniform(4, 10);
    text += `M${written(fold * 18 - UNIT + random.uniform(-4, 4), 0)}v-${UNIT}h${width}v${UNIT}Z`;
  }
  return text;
}

function paintWall({ pen, light }: Scene, horizon: number, wall: Color): void {
  const fill = pen.createLinearGradient(
    light.side > 0 ? 105 : -5,
    -5,
    light.side > 0 ? 0 : 100,
    horizon,
  );
  fill.addColorStop(0, css(lit(light, wall, 0.12)));
  fill.addColorStop(1, css(lit(light, wall, -0.5)));
  pen.fillStyle = fill;
  pen.fillRect(-10, -10, 120, horizon + 12);
}

/** Bricks or tiles: the joints' shadows, and some stones darker than others. */
function bricks(
  { pen, random, light }: Scene,
  horizon: number,
  width: number,
  height: number,
): void {
  const staggered = width !== height;
  const stones = pattern(random, `stones ${height}`, (stream) => {
    let text = "";
    for (let stone = 0; stone < 26; stone++) {
      const row = stream.integer(1, 17);
      const x = stream.integer(-2, 12) * width + (staggered && row % 2 === 1 ? width / 2 : 0);
      text += `M${written(x, -row * height)}h${width}v${height}h${-width}Z`;
    }
    return text;
  });
  const joints = keptPath(`joints ${height}`, () => {
    let text = "";
    for (let row = 0; row < 18; row++) {
      text += `M-20 ${-row * height}h150`;
      for (let x = -2 * width; x < 120; x += width) {
        text += `M${x + (staggered && row % 2 === 1 ? width / 2 : 0)} ${-row * height}v${height}`;
      }
    }
    return text;
  });
  pen.save();
  pen.translate(random.uniform(0, width), horizon);
  pen.fillStyle = css(light.shadow, 0.12);
  pen.fill(stones);
  pen.strokeStyle = css(staggered ? light.shadow : light.color, 0.4);
  pen.lineWidth = 0.5;
  pen.stroke(joints);
  pen.restore();
}

/** Shelves of boxes, bottles and tins. */
function shelves({ pen, random, light }: Scene, horizon: number): void {
  const gap = random.uniform(16, 26);
  for (let y = horizon - random.uniform(2, 12); y > -10; y -= gap) {
    pen.fillStyle = css(light.shadow, 0.45);
    pen.fillRect(-10, y - gap * 0.94, 120, gap * 0.9);
    for (let shade = 0; shade < 5; shade++) {
      const hue = random.uniform(0, 360);
      const color = hsl(hue, random.uniform(0.05, 0.6), random.uniform(0.25, 0.75));
      pen.fillStyle = css(lit(light, color, random.uniform(-0.7, 0)));
      fillPattern(pen, pattern(random, "goods", writtenGoods), [50, y], 60, gap);
    }
    pen.fillStyle = css(lit(light, [150, 135, 120], -0.2));
    pen.fillRect(-10, y, 120, 1.6);
  }
}

/** Boxes and bottles that stand on y = 0. */
function writtenGoods(random: RandomStream): string {
  let text = "";
  for (let item = 0; item < 6; item++) {
    const [width, height] = [random.uniform(5, 18), random.uniform(40, 85)];
    const x = random.uniform(-UNIT, UNIT);
    text += `M${written(x, 0)}v${-height}h${width}v${height}Z`;
    if (width < 10) {
      text += `M${written(x + width * 0.3, -height - 12)}h${width * 0.4}v14h${-width * 0.4}Z`;
    }
  }
  return text;
}

function window({ pen, random, light }: Scene, horizon: number): void {
  const [x, y] = [random.uniform(-10, 70), random.uniform(-10, 12)];
  const [width, height] = [random.uniform(20, 40), horizon * random.uniform(0.45, 0.75)];
  const view = pen.createLinearGradient(0, y, 0, y + height);
  view.addColorStop(0, css(light.color));
  view.addColorStop(1, css(hsl(random.uniform(80, 210), 0.3, 0.6)));
  pen.fillStyle = view;
  pen.fillRect(x, y, width, height);
  pen.strokeStyle = css(lit(light, [225, 222, 215], -0.3));
  pen.lineWidth = 1.6;
  pen.strokeRect(x, y, width, height);
  pen.strokeRect(x, y, width / 2, height);
}

/** A table or floor of planks, cloth, concrete or one color, seen from the front. */
function floor(scene: Scene, horizon: number): void {
  const { random } = scene;
  const kind = pick(random, ["planks", "plain", "cloth", "concrete"]);
  const color = kind === "planks"
    ? hsl(random.uniform(18, 38), random.uniform(0.2, 0.55), random.uniform(0.2, 0.6))
    : hsl(random.uniform(0, 360), kind === "cloth" ? 0.4 : 0.08, random.uniform(0.25, 0.85));
  surface(scene, horizon, color);
  if (kind === "planks") grain(scene, horizon, color);
  if (kind === "concrete") specks(scene, horizon);
  if (kind === "cloth") checks(scene, horizon);
}

function surface({ pen, light }: Scene, horizon: number, color: Color): void {
  const fill = pen.createLinearGradient(50 - light.side * 30, 103, 50 + light.side * 30, horizon);
  fill.addColorStop(0, css(lit(light, color, -0.5)));
  fill.addColorStop(1, css(lit(light, color, 0.2)));
  pen.fillStyle = fill;
  pen.fillRect(-10, horizon, 120, 120 - horizon);
  pen.fillStyle = css(light.shadow, 0.35);
  pen.fillRect(-10, horizon - 0.4, 120, 0.9);
}

function grain({ pen, random, light }: Scene, horizon: number, wood: Color): void {
  pen.lineWidth = 0.45;
  for (const facing of [-0.7, 0.35]) {
    pen.strokeStyle = css(lit(light, wood, facing), 0.5);
    const lines = pattern(random, "grain", writtenGrain);
    pen.translate(0, horizon);
    pen.stroke(lines);
    pen.translate(0, -horizon);
  }
  pen.fillStyle = css(light.shadow, 0.5);
  for (let [y, step] = [horizon, 3]; y < 105; y += step, step *= 1.5) {
    if (y > horizon) pen.fillRect(-10, y, 120, 0.5);
  }
}

function specks({ pen, random, light }: Scene, horizon: number): void {
  pen.fillStyle = css(light.shadow, 0.16);
  fillPattern(pen, pattern(random, "specks", writtenSpecks), [50, horizon], 50, 102 - horizon);
}

function writtenSpecks(random: RandomStream): string {
  let text = "";
  for (let speck = 0; speck < 30; speck++) {
    const near = random.uniform(0, 1);
    const radius = 0.6 + near * random.uniform(0, 10);
    text += writtenOval(random.uniform(-UNIT, UNIT), near * UNIT, radius, radius * 0.5);
  }
  return text;
}

/** Lines of planks, closer together near the horizon. */
function writtenGrain(random: RandomStream): string {
  let text = "";
  for (let line = 0; line < 30; line++) {
    const y = 1 + 62 * random.uniform(0, 1) ** 1.4;
    text += `M${written(random.uniform(-20, 90), y)}l${
      written(random.uniform(10, 60), random.uniform(-0.5, 0.5))
    }`;
  }
  return text;
}

/** A checked cloth in perspective. */
function checks({ pen, random }: Scene, horizon: number): void {
  if (!chance(random, 0.7)) return;
  pen.fillStyle = css(hsl(random.uniform(0, 360), 0.4, 0.5), 0.35);
  const columns = keptPath("checks", () => {
    let text = "";
    for (let column = -16; column < 17; column += 2) {
      text += `M${column * 8} 0h8L${(column + 1) * 26} ${UNIT}h-26Z`;
    }
    return text;
  });
  fillPattern(pen, columns, [50, horizon], 50, 105 - horizon);
  for (let [y, step] = [horizon + 2, 3]; y < 105; y += step * 2, step *= 1.35) {
    pen.fillRect(-10, y, 120, step);
  }
}
