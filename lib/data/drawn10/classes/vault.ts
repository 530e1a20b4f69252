import { type Color, css, hsl, mix } from "../color.ts";
import { ballFill, castShadow, type Light, lit } from "../light.ts";
import { fillPattern, keptPath, UNIT, writtenOval } from "../patterns.ts";
import { chance, type Pen, within } from "../pen.ts";
import type { Scene } from "../scene.ts";
import { limb, oval, strokePath, written } from "../shapes.ts";

/** The steel door of a strongroom: round or square, shut or open. */
export function vault(scene: Scene): void {
  const { pen, random } = scene;
  const steel = hsl(random.uniform(20, 230), random.uniform(0, 0.16), random.uniform(0.32, 0.62));
  within(pen, { scale: 1.12 }, () => {
    wall(scene, mix(steel, hsl(random.uniform(20, 60), 0.15, 0.5), random.uniform(0, 0.6)));
    const round = chance(random, 0.7);
    const radius = random.uniform(26, 31);
    const open = chance(random, 0.35);
    frameOf(scene, radius, round, steel);
    if (open) inside(scene, radius, round);
    const leaf = open
      ? { x: radius * 1.02, y: -34, squeeze: random.uniform(0.28, 0.6) }
      : { x: 0, y: -34, squeeze: 1 };
    pen.save();
    pen.translate(leaf.x, leaf.y);
    pen.scale(leaf.squeeze, 1);
    door(scene, radius * 0.93, round, steel);
    pen.restore();
    if (!open) hinges(scene, radius, steel);
  });
}

/** Steel plates or dressed stone around the door. */
function wall({ pen, random, light }: Scene, color: Color): void {
  castShadow(pen, light, 0, 0, 120, 10);
  const fill = pen.createLinearGradient(-70 * light.side, 0, 70 * light.side, -60);
  fill.addColorStop(0, css(lit(light, color, -0.75)));
  fill.addColorStop(1, css(lit(light, color, 0.05)));
  pen.fillStyle = fill;
  const half = random.uniform(40, 100);
  pen.fillRect(-half, -110, half * 2, 111);
  const step = random.uniform(12, 22);
  for (const [shift, facing] of [[0.5, 0.3], [0, -0.8]] as const) {
    pen.strokeStyle = css(lit(light, color, facing), 0.6);
    pen.lineWidth = 0.7;
    let joints = "";
    for (let x = -half; x <= half; x += step) joints += `M${written(x + shift, -110)}v110`;
    for (let y = 0; y > -110; y -= step) joints += `M${written(-half, y + shift)}h${2 * half}`;
    strokePath(pen, joints);
  }
}

function outline({ pen }: Scene, radius: number, round: boolean): void {
  if (round) oval(pen, 0, 0, radius, radius);
  else {
    pen.beginPath();
    pen.roundRect(-radius * 0.85, -radius, radius * 1.7, radius * 2, 2);
  }
}

/** Plain steel, lit from one side. */
function plain({ pen, light }: Scene, radius: number, steel: Color): void {
  const fill = pen.createLinearGradient(-radius * light.side, radius, radius * light.side, -radius);
  fill.addColorStop(0, css(lit(light, steel, -0.5)));
  fill.addColorStop(1, css(lit(light, steel, 0.5)));
  pen.fillStyle = fill;
  pen.fill();
  edge(pen, light, radius, steel);
}

/** Brushed steel: light and dark alternate around the center. */
function brushed({ pen, light }: Scene, radius: number, steel: Color): void {
  const fill = pen.createConicGradient(light.side, 0, 0);
  for (let step = 0; step <= 6; step++) {
    fill.addColorStop(step / 6, css(lit(light, steel, step % 2 === 0 ? 0.55 : -0.35)));
  }
  pen.fillStyle = fill;
  pen.fill();
  edge(pen, light, radius, steel);
}

function edge(pen: Pen, light: Light, radius: number, steel: Color): void {
  pen.strokeStyle = css(lit(light, steel, -0.9), 0.7);
  pen.lineWidth = radius * 0.035;
  pen.stroke();
}

function frameOf(scene: Scene, radius: number, round: boolean, steel: Color): void {
  const { pen, light } = scene;
  within(pen, { y: -34 }, () => {
    pen.fillStyle = css(light.shadow, 0.35);
    within(pen, { x: -light.side * 2.5, y: 2.5 }, () => {
      outline(scene, radius * 1.16, round);
      pen.fill();
    });
    outline(scene, radius * 1.14, round);
    plain(scene, radius, mix(steel, [30, 30, 34], 0.3));
    outline(scene, radius * 0.98, round);
    pen.fillStyle = css(light.shadow, 0.95);
    pen.fill();
  });
}

/** The strongroom behind an open door: a lamp, and walls of lockers. */
function inside(scene: Scene, radius: number, round: boolean): void {
  const { pen, random, light } = scene;
  within(pen, { y: -34 }, () => {
    pen.save();
    outline(scene, radius * 0.97, round);
    pen.clip();
    const brass = hsl(
      random.uniform(30, 50),
      random.uniform(0.15, 0.5),
      random.uniform(0.25, 0.42),
    );
    pen.fillStyle = ballFill(pen, { ...light, side: 0 }, 0, 0, radius * 1.1, brass);
    pen.fillRect(-radius, -radius, radius * 2, radius * 2);
    for (const [shift, facing] of [[0.4, 0.5], [0, -0.9]] as const) {
      pen.strokeStyle = css(lit(light, brass, facing), 0.8);
      pen.lineWidth = 0.6;
      pen.translate(shift, shift);
      pen.stroke(keptPath("lockers", writtenLockers));
      pen.translate(-shift, -shift);
    }
    pen.restore();
  });
}

function writtenLockers(): string {
  let text = "";
  for (let line = -31; line < 31; line += 5.5) {
    text += `M${written(line * 1.3, -31)}v62M${written(-31, line)}h62`;
  }
  return text;
}

function door(scene: Scene, radius: number, round: boolean, steel: Color): void {
  const { pen, random } = scene;
  outline(scene, radius, round);
  plain(scene, radius, steel);
  outline(scene, radius * 0.78, round);
  brushed(scene, radius, mix(steel, [235, 236, 240], 0.15));
  bolts(scene, radius, round, steel);
  const brass = chance(random, 0.4) ? hsl(42, 0.55, 0.5) : mix(steel, [225, 228, 232], 0.5);
  const low = chance(random, 0.5) ? radius * 0.18 : 0;
  if (chance(random, 0.25)) return dial(scene, radius * 0.4, steel);
  within(pen, { y: low }, () => wheel(scene, radius * random.uniform(0.3, 0.46), brass));
  if (low > 0) within(pen, { y: -radius * 0.5 }, () => dial(scene, radius * 0.15, steel));
}

/** Bolts around the door: their shadows, heads and highlights. */
function bolts({ pen, random, light }: Scene, radius: number, round: boolean, steel: Color): void {
  const count = random.integer(8, 20);
  const layers = [[0.05, -0.8, 0], [0.044, 0, 0.01], [0.018, 0.9, 0.025]] as const;
  for (const [size, facing, shift] of layers) {
    pen.fillStyle = css(lit(light, steel, facing));
    const path = keptPath(
      `bolts ${count} ${size} ${round}`,
      () => writtenBolts(count, size, round),
    );
    const center = [light.side * shift * radius, -shift * radius] as const;
    fillPattern(pen, path, center, radius, radius);
  }
}

function writtenBolts(count: number, size: number, round: boolean): string {
  let text = "";
  for (let bolt = 0; bolt < count; bolt++) {
    const angle = bolt / count * Math.PI * 2;
    const [across, down] = [Math.cos(angle), Math.sin(angle)];
    const reach = round ? 0.88 : 0.88 / Math.max(Math.abs(across) / 0.85, Math.abs(down));
    text += writtenOval(across * reach * UNIT, down * reach * UNIT, size * UNIT, size * UNIT);
  }
  return text;
}

/** The wheel that draws the bolts. */
function wheel(scene: Scene, radius: number, metal: Color): void {
  const { pen, random, light } = scene;
  const spokes = random.integer(3, 6);
  const start = random.uniform(0, Math.PI);
  const knobs = chance(random, 0.4);
  for (
    const [shift, facing, alpha] of [[1.4, -1, 0.5], [0, -0.25, 1], [-0.35, 0.6, 0.9]] as const
  ) {
    pen.strokeStyle = css(lit(light, metal, facing), alpha);
    pen.lineCap = "round";
    pen.lineWidth = radius * (facing > 0 ? 0.07 : 0.17);
    pen.beginPath();
    if (!knobs) pen.ellipse(-shift * light.side, shift, radius, radius, 0, 0, Math.PI * 2);
    for (let spoke = 0; spoke < spokes; spoke++) {
      const angle = start + spoke / spokes * Math.PI * 2;
      pen.moveTo(-shift * light.side, shift);
      pen.lineTo(Math.cos(angle) * radius - shift * light.side, Math.sin(angle) * radius + shift);
    }
    pen.stroke();
  }
  pen.fillStyle = ballFill(pen, light, 0, 0, radius * 0.28, metal);
  oval(pen, 0, 0, radius * 0.28, radius * 0.28);
  pen.fill();
}

function dial({ pen, light }: Scene, radius: number, steel: Color): void {
  pen.fillStyle = css(lit(light, mix(steel, [20, 20, 22], 0.8), 0));
  oval(pen, 0, 0, radius, radius);
  pen.fill();
  pen.fillStyle = ballFill(pen, light, 0, 0, radius * 0.6, steel);
  oval(pen, 0, 0, radius * 0.6, radius * 0.6);
  pen.fill();
}

function hinges({ pen, light }: Scene, radius: number, steel: Color): void {
  for (const y of [-34 - radius * 0.5, -34 + radius * 0.5]) {
    limb(pen, [radius * 0.9, y], [radius * 1.05, y], [radius * 1.22, y], 6, 6);
    pen.fillStyle = css(lit(light, steel, -0.2));
    pen.fill();
    pen.fillStyle = css(lit(light, steel, 0.5));
    pen.fillRect(radius * 0.9, y - 2.4, radius * 0.32, 1.2);
  }
}
