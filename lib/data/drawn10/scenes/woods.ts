import type { RandomStream } from "../../../random/stream.ts";
import { css, hsl, mix } from "../color.ts";
import { lit } from "../light.ts";
import { fillPattern, pattern, UNIT, writtenOval } from "../patterns.ts";
import type { Scene } from "../scene.ts";
import { oval } from "../shapes.ts";
import { ground } from "./outdoors.ts";

/** The floor of a wood: moss and litter, trunks behind, light between them. */
export function wood(scene: Scene, horizon: number): void {
  const { pen, random, light } = scene;
  foliage(scene, random.uniform(70, 130), random.uniform(0.17, 0.4), 3);
  const trunk = hsl(random.uniform(15, 40), 0.2, random.uniform(0.12, 0.3));
  for (let tree = random.integer(1, 5); tree > 0; tree--) {
    const x = random.uniform(-5, 100);
    const width = random.uniform(2, 12);
    const fill = pen.createLinearGradient(x, 0, x + width, 0);
    fill.addColorStop(0, css(lit(light, trunk, -light.side * 0.7)));
    fill.addColorStop(1, css(lit(light, trunk, light.side * 0.7)));
    pen.fillStyle = fill;
    pen.fillRect(x, -5, width, horizon + 8);
  }
  const earth = hsl(random.uniform(20, 95), random.uniform(0.15, 0.4), random.uniform(0.16, 0.3));
  ground(scene, horizon, earth, mix(earth, [30, 34, 24], 0.5));
  for (let shade = 0; shade < 5; shade++) {
    const color = hsl(random.uniform(14, 65), random.uniform(0.2, 0.6), random.uniform(0.2, 0.5));
    pen.fillStyle = css(lit(light, color, random.uniform(-0.7, 0.2)));
    fillPattern(pen, pattern(random, "litter", writtenLitter), [50, horizon], 50, 100 - horizon);
  }
}

/** Fallen leaves from the horizon to the lower edge, where they are nearer and larger. */
function writtenLitter(random: RandomStream): string {
  let text = "";
  for (let leaf = 0; leaf < 10; leaf++) {
    const near = random.uniform(0, 1);
    const size = 2 + near * 6.4;
    const [x, y] = [random.uniform(-UNIT, UNIT), near * UNIT];
    text += writtenOval(x, y, size, size * random.uniform(0.4, 1));
  }
  return text;
}

/** High among leaves, without ground: soft discs of green and of sky. */
export function canopy(scene: Scene): void {
  const { pen, random } = scene;
  const hue = random.uniform(65, 140);
  foliage(scene, hue, random.uniform(0.24, 0.55), 5);
  for (let patch = random.integer(0, 5); patch > 0; patch--) {
    pen.fillStyle = css([228, 240, 245], random.uniform(0.15, 0.7));
    oval(
      pen,
      random.uniform(0, 100),
      random.uniform(0, 70),
      random.uniform(2, 10),
      random.uniform(2, 9),
    );
    pen.fill();
  }
  for (let branch = random.integer(0, 4); branch > 0; branch--) {
    pen.strokeStyle = css(hsl(30, 0.2, random.uniform(0.1, 0.35)), 0.8);
    pen.lineWidth = random.uniform(0.8, 3.5);
    pen.beginPath();
    pen.moveTo(random.uniform(-10, 110), -5);
    pen.quadraticCurveTo(
      random.uniform(0, 100),
      random.uniform(20, 80),
      random.uniform(-10, 110),
      random.uniform(30, 110),
    );
    pen.stroke();
  }
}

/** Leaves out of focus over the whole frame. */
function foliage(
  { pen, random, light }: Scene,
  hue: number,
  lightness: number,
  count: number,
): void {
  pen.fillStyle = css(lit(light, hsl(hue, 0.3, lightness), -0.4));
  pen.fillRect(-10, -10, 120, 120);
  for (let shade = 0; shade < 5; shade++) {
    const leaves = hsl(hue + random.uniform(-25, 20), random.uniform(0.2, 0.5), lightness);
    pen.fillStyle = css(lit(light, leaves, random.uniform(-0.8, 0.5)), 0.55);
    const path = pattern(random, `foliage ${count}`, (stream) => writtenFoliage(stream, count));
    fillPattern(pen, path, [50, 50], 50, 50);
  }
}

function writtenFoliage(random: RandomStream, count: number): string {
  let text = "";
  for (let clump = 0; clump < count; clump++) {
    const radius = random.uniform(8, 36);
    const [x, y] = [random.uniform(-UNIT, UNIT), random.uniform(-UNIT, UNIT)];
    text += writtenOval(x, y, radius, radius * random.uniform(0.6, 1));
  }
  return text;
}
