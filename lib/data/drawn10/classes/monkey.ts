import { type Color, css, hsl, mix } from "../color.ts";
import { lit } from "../light.ts";
import { chance, within } from "../pen.ts";
import type { Scene } from "../scene.ts";
import { limb, oval, type Point } from "../shapes.ts";
import { furryLimb, furryOval } from "./fur.ts";
import { drawHead, type Head } from "./monkey_head.ts";

/** The differences between the two monkeys; poses, branches and bodies are the same. */
interface Monkey extends Head {
  readonly limbs: Color;
  readonly armWidth: number;
  readonly hangs: boolean;
  readonly tail: boolean;
}

/** A titi: reddish or grayish, with a long tail; some are dark, and some tails are hidden. */
export function titi(scene: Scene): void {
  const { random } = scene;
  const dark = chance(random, 0.5);
  const fur = hsl(
    random.uniform(14, 34),
    random.uniform(0.12, 0.5),
    dark ? random.uniform(0.13, 0.2) : random.uniform(0.24, 0.46),
  );
  drawMonkey(scene, {
    fur,
    limbs: mix(fur, hsl(16, 0.55, 0.3), dark ? 0.15 : random.uniform(0.1, 0.7)),
    face: hsl(20, 0.15, random.uniform(0.1, 0.24)),
    ruff: mix(fur, chance(random, 0.5) ? hsl(18, 0.65, 0.38) : hsl(40, 0.3, 0.7), dark ? 0.3 : 0.6),
    armWidth: random.uniform(6.5, 8),
    hangs: chance(random, 0.26),
    tail: chance(random, 0.5),
    throat: 0,
  });
}

/** A siamang: black, mostly hanging by its arms; some look brown where the light is warm. */
export function siamang(scene: Scene): void {
  const { random } = scene;
  const brownish = chance(random, 0.5);
  const fur = brownish
    ? hsl(random.uniform(14, 30), random.uniform(0.15, 0.35), random.uniform(0.13, 0.2))
    : hsl(random.uniform(0, 360), random.uniform(0, 0.12), random.uniform(0.07, 0.15));
  drawMonkey(scene, {
    fur,
    limbs: fur,
    face: hsl(20, random.uniform(0.05, 0.2), random.uniform(0.16, 0.34)),
    ruff: mix(fur, hsl(25, 0.15, 0.3), random.uniform(0, 0.5)),
    armWidth: random.uniform(6, 8.5),
    hangs: chance(random, 0.34),
    tail: false,
    throat: chance(random, 0.3) ? random.uniform(3.5, 7.5) : 0,
  });
}

function drawMonkey(scene: Scene, monkey: Monkey): void {
  const { random } = scene;
  const near = chance(random, 0.3);
  within(scene.pen, near ? { y: 28, scale: 1.55 } : {}, () => {
    if (monkey.hangs) hang(scene, monkey);
    else sit(scene, monkey);
  });
}

/** A monkey that sits on a branch, with its arms resting on it or one arm raised to another branch. */
function sit(scene: Scene, monkey: Monkey): void {
  const { random } = scene;
  const coat = { color: monkey.limbs, length: 2.6 };
  const lean = random.uniform(-6, 6);
  const body: Point = [lean * 0.4, -19];
  const head: Point = [lean * 1.2, -42 + random.uniform(-2, 3)];
  if (monkey.tail) drawTail(scene, monkey);
  branch(scene, 1, random.uniform(4, 8));
  furryOval(scene, body, random.uniform(13, 16), 21, { color: monkey.fur, length: 3 });
  for (const side of [-1, 1] as const) {
    const foot: Point = [side * random.uniform(6, 11), 0];
    furryLimb(scene, [[side * 7, -9], [side * 20, -18], foot], [10, 4.5], coat);
    grip(scene, foot, monkey.face);
  }
  const raised = chance(random, 0.35) ? (chance(random, 0.5) ? -1 : 1) : 0;
  for (const side of [-1, 1] as const) {
    const shoulder: Point = [lean + side * 11, -32];
    const hand: Point = side === raised
      ? [side * random.uniform(16, 28), -random.uniform(58, 72)]
      : [side * random.uniform(8, 24), -random.uniform(0, 3)];
    const elbow: Point = [side * random.uniform(20, 27), side === raised ? -40 : -16];
    if (side === raised) branch(scene, hand[1] + 1, 3.5);
    furryLimb(scene, [shoulder, elbow, hand], [monkey.armWidth, 4], coat);
    grip(scene, hand, monkey.face);
  }
  drawHead(scene, monkey, head);
}

/** A monkey that hangs from a branch by one arm or by both. */
function hang(scene: Scene, monkey: Monkey): void {
  const { random } = scene;
  const coat = { color: monkey.limbs, length: 2.6 };
  const height = -random.uniform(66, 74);
  branch(scene, height, random.uniform(3, 6));
  if (monkey.tail) drawTail(scene, monkey);
  const swing = random.uniform(-8, 8);
  const other = chance(random, 0.5) ? (swing > 0 ? 1 : -1) : 0;
  for (const side of [-1, 1] as const) {
    const hip: Point = [swing * 0.5 + side * 6, -8];
    const knee: Point = [swing + side * random.uniform(12, 20), -2];
    const foot: Point = [side * random.uniform(3, 14), random.uniform(4, 13)];
    furryLimb(scene, [hip, knee, foot], [9, 4], coat);
    grip(scene, foot, monkey.face);
  }
  furryOval(scene, [swing * 0.5, -18], 12, 18, { color: monkey.fur, length: 3 });
  for (const side of [-1, 1] as const) {
    const shoulder: Point = [swing + side * 9, -30];
    const free = side === other;
    const hand: Point = free ? [side * random.uniform(20, 32), -random.uniform(2, 24)] : [
      swing + side * random.uniform(6, 20),
      height,
    ];
    const elbow: Point = [side * random.uniform(18, 26), free ? -28 : -48];
    furryLimb(scene, [shoulder, elbow, hand], [monkey.armWidth, 3.8], coat);
    grip(scene, hand, monkey.face);
  }
  drawHead(scene, monkey, [swing * 1.3, -38]);
}

function drawTail(scene: Scene, monkey: Monkey): void {
  const { random } = scene;
  const side = random.uniform(-1, 1);
  furryLimb(
    scene,
    [[side * 6, -4], [side * 14 + 3, 18], [side * random.uniform(5, 22), random.uniform(28, 42)]],
    [5, 6.5],
    { color: mix(monkey.fur, monkey.ruff, 0.25), length: 3 },
  );
}

function grip({ pen, light }: Scene, [x, y]: Point, skin: Color): void {
  pen.fillStyle = css(lit(light, skin, -0.2));
  oval(pen, x, y, 3.2, 2.1);
  pen.fill();
}

/** A branch across the frame. */
function branch({ pen, random, light }: Scene, y: number, width: number): void {
  const bark = hsl(random.uniform(20, 50), random.uniform(0.1, 0.3), random.uniform(0.2, 0.45));
  const [left, right] = [random.uniform(-14, 14), random.uniform(-14, 14)];
  const bend = y - (left + right) / 2 + width / 2;
  const layers = [[0, 1, -0.75], [-0.12, 0.7, -0.1], [-0.28, 0.25, 0.4]] as const;
  for (const [shift, share, facing] of layers) {
    const top = y + width * (0.5 + shift);
    limb(
      pen,
      [-110, top + left],
      [0, bend + width * shift],
      [110, top + right],
      width * share,
      width * share,
    );
    pen.fillStyle = css(lit(light, bark, facing));
    pen.fill();
  }
}
