import { type Colour, css, hsl, mix, multiply } from "./colour.ts";
import { lit } from "./light.ts";
import { closedCurve, lump, oval } from "./shapes.ts";
import { chance, type Stage } from "./stage.ts";

/** Open grassland under a sky: green, dry or snowed over. */
export function meadow(stage: Stage, horizon: number): void {
  const { pen, random, light } = stage;
  sky(stage, horizon + 6);
  treeLine(stage, horizon);
  const snow = chance(random, 0.1);
  const grass = snow ? hsl(215, 0.25, 0.86) : hsl(
    random.uniform(42, 112),
    random.uniform(0.2, 0.5),
    random.uniform(0.26, 0.5),
  );
  ground(stage, horizon, grass, mix(grass, [190, 200, 205], 0.3));
  if (snow) return;
  for (const facing of [-0.75, -0.3, 0.3]) {
    pen.strokeStyle = css(lit(light, grass, facing), 0.8);
    for (const [depth, width] of [[0.25, 0.35], [1, 0.8]] as const) {
      pen.lineWidth = width;
      blades(
        stage,
        horizon + (depth < 1 ? 1 : 12),
        depth < 1 ? horizon + 30 : 104,
        2 + 6 * depth,
        70,
      );
    }
  }
}

/** The floor of a wood: moss and litter, trunks behind, light between them. */
export function wood(stage: Stage, horizon: number): void {
  const { pen, random, light } = stage;
  foliage(stage, random.uniform(70, 130), random.uniform(0.1, 0.28), 14);
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
  ground(stage, horizon, earth, mix(earth, [30, 34, 24], 0.5));
  for (let leaf = 0; leaf < 46; leaf++) {
    const near = random.uniform(0, 1);
    const y = horizon + 1 + near * (100 - horizon);
    const litter = hsl(random.uniform(14, 65), random.uniform(0.2, 0.6), random.uniform(0.2, 0.5));
    pen.fillStyle = css(lit(light, litter, random.uniform(-0.7, 0.2)));
    const size = 1 + near * 3.2;
    oval(
      pen,
      random.uniform(0, 100),
      y,
      size,
      size * random.uniform(0.25, 0.6),
      random.uniform(-1, 1),
    );
    pen.fill();
  }
}

/** High among leaves, without a ground: soft discs of green and of sky. */
export function canopy(stage: Stage): void {
  const { pen, random } = stage;
  const hue = random.uniform(65, 140);
  foliage(stage, hue, random.uniform(0.12, 0.5), 26);
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

/** A flat shore or a pond: the subject stands in the shallows or on wet mud. */
export function shore(stage: Stage, horizon: number): void {
  const { pen, random, light } = stage;
  if (chance(random, 0.5)) sky(stage, horizon + 4);
  else foliage(stage, random.uniform(50, 120), random.uniform(0.3, 0.6), 10);
  treeLine(stage, horizon);
  const water = hsl(
    random.uniform(185, 225),
    random.uniform(0.08, 0.4),
    random.uniform(0.35, 0.66),
  );
  const mud = hsl(random.uniform(24, 45), random.uniform(0.12, 0.32), random.uniform(0.3, 0.55));
  const wet = chance(random, 0.65);
  ground(stage, horizon, wet ? water : mud, wet ? mix(water, [220, 230, 240], 0.4) : water);
  for (const facing of [-0.55, 0.5]) {
    pen.strokeStyle = css(lit(light, wet ? water : mud, facing), 0.5);
    pen.lineWidth = 0.6;
    pen.beginPath();
    for (let ripple = 0; ripple < 45; ripple++) {
      const near = random.uniform(0, 1) ** 1.5;
      const y = horizon + 1 + near * (100 - horizon);
      const x = random.uniform(-10, 100);
      const length = 2 + near * 15;
      pen.moveTo(x, y);
      pen.quadraticCurveTo(x + length / 2, y + near * random.uniform(-1.5, 1.5), x + length, y);
    }
    pen.stroke();
  }
}

function sky({ pen, random, light }: Stage, bottom: number): void {
  const grey = random.uniform(0, 1);
  const top = multiply(mix(hsl(212, 0.6, 0.58), [172, 178, 186], grey), light.colour);
  const fill = pen.createLinearGradient(0, -5, 0, bottom);
  fill.addColorStop(0, css(top));
  fill.addColorStop(1, css(mix(top, light.colour, 0.65)));
  pen.fillStyle = fill;
  pen.fillRect(-10, -10, 120, bottom + 12);
  for (let cloud = random.integer(0, 4); cloud > 0; cloud--) {
    pen.fillStyle = css(light.colour, random.uniform(0.15, 0.45));
    const y = random.uniform(0, bottom * 0.8);
    oval(pen, random.uniform(0, 100), y, random.uniform(8, 28), random.uniform(1.5, 5));
    pen.fill();
  }
}

function treeLine({ pen, random, light }: Stage, horizon: number): void {
  const rise = random.uniform(0, 18);
  if (rise < 3) return;
  const leaves = hsl(random.uniform(60, 150), random.uniform(0.1, 0.35), random.uniform(0.2, 0.45));
  for (const [share, facing] of [[1, -0.6], [0.6, -0.2]] as const) {
    pen.fillStyle = css(mix(lit(light, leaves, facing), light.colour, 0.15));
    pen.beginPath();
    pen.moveTo(-10, horizon + 3);
    for (let x = -10; x <= 110; x += 6) {
      pen.lineTo(x, horizon - rise * share * random.uniform(0.5, 1));
    }
    pen.lineTo(110, horizon + 3);
    pen.fill();
  }
}

function ground({ pen, light }: Stage, horizon: number, near: Colour, far: Colour): void {
  const fill = pen.createLinearGradient(0, horizon, 0, 105);
  fill.addColorStop(0, css(lit(light, far, 0.1)));
  fill.addColorStop(0.35, css(lit(light, near, -0.05)));
  fill.addColorStop(1, css(lit(light, near, -0.4)));
  pen.fillStyle = fill;
  pen.fillRect(-10, horizon, 120, 120 - horizon);
}

/** A wall of leaves out of focus. */
function foliage(
  { pen, random, light }: Stage,
  hue: number,
  lightness: number,
  count: number,
): void {
  pen.fillStyle = css(lit(light, hsl(hue, 0.3, lightness), -0.4));
  pen.fillRect(-10, -10, 120, 120);
  for (let clump = 0; clump < count; clump++) {
    const leaves = hsl(hue + random.uniform(-25, 20), random.uniform(0.2, 0.5), lightness);
    pen.fillStyle = css(lit(light, leaves, random.uniform(-0.8, 0.5)), 0.55);
    const radius = random.uniform(4, 18);
    closedCurve(
      pen,
      lump(random, [random.uniform(0, 100), random.uniform(0, 100)], radius, radius * 0.8, 0.3, 8),
    );
    pen.fill();
  }
}

/** Strokes a tuft of grass blades that grow between two heights of the frame. */
export function blades(
  { pen, random }: Stage,
  top: number,
  bottom: number,
  length: number,
  count: number,
): void {
  pen.beginPath();
  for (let blade = 0; blade < count; blade++) {
    const x = random.uniform(-4, 104);
    const y = random.uniform(top, bottom);
    const lean = random.uniform(-0.5, 0.5) * length;
    pen.moveTo(x, y);
    pen.quadraticCurveTo(
      x + lean * 0.2,
      y - length * 0.7,
      x + lean,
      y - length * random.uniform(0.6, 1),
    );
  }
  pen.stroke();
}
