import { Path2D } from "@napi-rs/canvas";
import type { RandomStream } from "../../random/stream.ts";
import { randomStream } from "../../random/stream.ts";
import type { Pen } from "./pen.ts";
import { lump, written } from "./shapes.ts";

/** The variants of each pattern. */
const variantCount = 16;

const kept = new Map<string, Path2D>();

/**
 * Returns a variant of a pattern of many lines, chosen by the image's stream. Patterns are made once and
 * kept, because writing and parsing a path takes longer than drawing it. A variant depends only on
 * its name and number, so images do not depend on the order in which they are drawn.
 */
export function pattern(
  random: RandomStream,
  name: string,
  write: (random: RandomStream) => string,
): Path2D {
  return keptPath(`${name} ${random.integer(0, variantCount - 1)}`, write);
}

/** Returns the path of a name, which is made once. */
export function keptPath(name: string, write: (random: RandomStream) => string): Path2D {
  const known = kept.get(name);
  if (known) return known;
  const made = new Path2D(write(randomStream("pattern", name)));
  kept.set(name, made);
  return made;
}

/** The unit of a pattern that is scaled, in units of its text: `written` rounds to 0.05. */
export const UNIT = 100;

/** Fills a pattern that was written for a square from -UNIT to UNIT, moved and scaled. */
export function fillPattern(
  pen: Pen,
  path: Path2D,
  [x, y]: readonly [number, number],
  radiusX: number,
  radiusY: number,
): void {
  pen.save();
  pen.transform(radiusX / UNIT, 0, 0, radiusY / UNIT, x, y);
  pen.fill(path);
  pen.restore();
}

/** A rough disc with a smooth edge. */
export function writtenLump(random: RandomStream): string {
  const points = lump(random, [0, 0], UNIT, UNIT, 0.37, 9);
  const middle = (index: number): string => {
    const [one, other] = [points[index % 9]!, points[(index + 1) % 9]!];
    return written((one[0] + other[0]) / 2, (one[1] + other[1]) / 2);
  };
  const curves = points.map((point, index) => `Q${written(...point)} ${middle(index)}`);
  return `M${middle(8)}${curves.join("")}Z`;
}

/** The text of a closed oval. */
export function writtenOval(x: number, y: number, radiusX: number, radiusY: number): string {
  const arc = `a${written(radiusX, radiusY)} 0 1 0 `;
  return `M${written(x - radiusX, y)}${arc}${written(2 * radiusX, 0)}${arc}${
    written(-2 * radiusX, 0)
  }Z`;
}

/**
 * Strokes short hairs that start inside an ellipse and deviate by `lean` radians from pointing straight
 * down. `count` and `length` are rounded to one of a few levels.
 */
export function strokeHairs(
  pen: Pen,
  random: RandomStream,
  [x, y]: readonly [number, number],
  radiusX: number,
  radiusY: number,
  { count, length, lean = 0, width = 0.5 }: {
    readonly count: number;
    readonly length: number;
    readonly lean?: number;
    readonly width?: number;
  },
): void {
  const radius = Math.sqrt(radiusX * radiusY);
  // Steps of a third of an octave.
  const level = Math.round(3 * Math.log2(length / radius));
  const hairs = Math.max(1, Math.round(count / 12)) * 12;
  const path = pattern(random, `hairs ${hairs} ${level}`, (stream) => {
    const reach = UNIT * 2 ** (level / 3);
    let text = "";
    for (let hair = 0; hair < hairs; hair++) {
      const angle = stream.uniform(0, Math.PI * 2);
      const from = UNIT * Math.sqrt(stream.uniform(0, 1));
      const direction = stream.uniform(-0.5, 0.5);
      text += `M${written(Math.cos(angle) * from, Math.sin(angle) * from)}l${
        written(Math.sin(direction) * reach, Math.cos(direction) * reach)
      }`;
    }
    return text;
  });
  pen.save();
  pen.transform(
    (random.integer(0, 1) === 0 ? radiusX : -radiusX) / UNIT,
    0,
    -Math.tan(lean) * radiusY / UNIT,
    radiusY / UNIT,
    x,
    y,
  );
  pen.lineWidth = width * UNIT / radius;
  pen.stroke(path);
  pen.restore();
}

/** Strokes hairs along a straight piece of a limb from one point to another. */
export function strokeHairsAlong(
  pen: Pen,
  random: RandomStream,
  [fromX, fromY]: readonly [number, number],
  [toX, toY]: readonly [number, number],
  width: number,
): void {
  const path = pattern(random, "limb", (stream) => {
    let text = "";
    for (let hair = 0; hair < 14; hair++) {
      const across = stream.uniform(-UNIT, UNIT);
      text += `M${written(stream.uniform(-0.3, 1.7) * UNIT, across)}l${
        written(0.6 * UNIT, across * 0.15 + stream.uniform(-0.4, 0.4) * UNIT)
      }`;
    }
    return text;
  });
  const half = width * 0.45 / UNIT;
  const [stepX, stepY] = [(toX - fromX) / 2 / UNIT, (toY - fromY) / 2 / UNIT];
  const step = Math.max(1e-6, Math.hypot(stepX, stepY));
  pen.save();
  pen.transform(stepX, stepY, -stepY / step * half, stepX / step * half, fromX, fromY);
  pen.lineWidth = 0.5 / Math.sqrt(half * step);
  pen.stroke(path);
  pen.restore();
}

/** Strokes 40 blades of grass that grow between `top` and `top + depth`. */
export function strokeBlades(
  pen: Pen,
  random: RandomStream,
  { top, depth, length, width }: {
    readonly top: number;
    readonly depth: number;
    readonly length: number;
    readonly width: number;
  },
): void {
  const level = Math.round(2 * Math.log2(length));
  const grown = 2 ** (level / 2);
  const path = pattern(random, `blades ${depth} ${level}`, (stream) => {
    let text = "";
    for (let blade = 0; blade < 40; blade++) {
      const lean = stream.uniform(-0.5, 0.5) * grown;
      text += `M${written(stream.uniform(-14, 114), stream.uniform(0, depth))}q${
        written(lean * 0.2, -grown * 0.7)
      } ${written(lean, -grown * stream.uniform(0.6, 1))}`;
    }
    return text;
  });
  pen.lineWidth = width;
  const x = random.uniform(-10, 10);
  pen.translate(x, top);
  pen.stroke(path);
  pen.translate(-x, -top);
}

/** Strokes 45 waves or ridges that are longer near the camera, from `horizon` to the frame's lower edge. */
export function strokeRipples(pen: Pen, random: RandomStream, horizon: number): void {
  const path = pattern(random, "ripples", (stream) => {
    let text = "";
    for (let ripple = 0; ripple < 45; ripple++) {
      const near = stream.uniform(0, 1) ** 1.5;
      const length = 2 + near * 15;
      const rise = near * stream.uniform(-1.5, 1.5);
      text += `M${written(stream.uniform(-20, 110), 1 + near * 60)}q${written(length / 2, rise)} ${
        written(length, 0)
      }`;
    }
    return text;
  });
  const x = random.uniform(-10, 10);
  pen.save();
  pen.translate(x, horizon);
  pen.scale(1, (100 - horizon) / 60);
  pen.stroke(path);
  pen.restore();
}
