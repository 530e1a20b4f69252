import { grayLength, graySide } from "./gray.ts";

/**
 * The least correlations of two pictures that are the same: of their gray values, and of their details
 * (each value less its neighbors' mean). On Imagenette, copies that were compressed, resized, brightened
 * or cropped by 2 % have at least 0.91 and 0.74. Of its 14 million pairs of different pictures with close
 * hashes, none has more than 0.90 and 0.53.
 */
const leastCorrelation = 0.9, leastDetail = 0.7;

/** No search for a crop makes pictures the same that are so unlike: before it, and after its first steps. */
const hopeless = 0.35, stillHopeless = 0.75;

/** A crop keeps at least this share of a side. */
const leastSide = 0.85;

/** The part of a picture that a crop keeps, as fractions of its sides. */
type Box = readonly [left: number, top: number, right: number, bottom: number];

const whole: Box = [0, 0, 1, 1];

/**
 * Whether two pictures are the same but for compression, size, brightness, contrast, or a narrow crop. Pictures
 * of the same scene, taken one after another, are not.
 *
 * @param one Its luma values, {@linkcode graySide} a side.
 */
export function isSamePicture(one: Uint8Array, other: Uint8Array): boolean {
  const [a, b] = [Float32Array.from(one), Float32Array.from(other)];
  const first = correlation(a, b);
  if (first < hopeless) return false;
  return isSame(a, b, first) ||
    [[a, b], [b, a]].some(([large, small]) => {
      const { part, likeness } = bestPart(large!, small!, first);
      return isSame(part, small!, likeness);
    });
}

function isSame(one: Float32Array, other: Float32Array, likeness: number): boolean {
  return likeness >= leastCorrelation && correlation(details(one), details(other)) >= leastDetail;
}

/** Moves the sides of a box for as long as what is inside becomes more like the other picture. */
function bestPart(
  large: Float32Array,
  small: Float32Array,
  first: number,
): { part: Float32Array; likeness: number } {
  let [box, part, likeness] = [whole, large, first];
  for (const step of [0.04, 0.02, 0.01, 0.005]) {
    for (let rounds = 0, moved = true; moved && rounds < 4; rounds++) {
      moved = false;
      for (const next of neighbors(box, step)) {
        const tried = sample(large, next);
        const value = correlation(tried, small);
        if (value > likeness) [box, part, likeness, moved] = [next, tried, value, true];
      }
    }
    if (likeness < stillHopeless) break;
  }
  return { part, likeness };
}

/** The boxes with one side moved, and the one with all sides moved inwards. */
function neighbors([left, top, right, bottom]: Box, step: number): Box[] {
  const boxes: Box[] = [
    [left + step, top + step, right - step, bottom - step],
    ...[-step, step].flatMap((by): Box[] => [
      [left + by, top, right, bottom],
      [left, top + by, right, bottom],
      [left, top, right + by, bottom],
      [left, top, right, bottom + by],
    ]),
  ];
  return boxes.filter(([left, top, right, bottom]) =>
    Math.min(left, top) >= 0 && Math.max(right, bottom) <= 1 &&
    Math.min(right - left, bottom - top) >= leastSide
  );
}

/** Resizes a part of a picture to the size of the whole, bilinearly. */
function sample(gray: Float32Array, [left, top, right, bottom]: Box): Float32Array {
  const [columns, rows] = [places(left, right), places(top, bottom)];
  const result = new Float32Array(grayLength);
  for (let y = 0; y < graySide; y++) {
    const row = Math.min(graySide - 2, Math.floor(rows[y]!)), down = rows[y]! - row;
    for (let x = 0; x < graySide; x++) {
      const column = Math.min(graySide - 2, Math.floor(columns[x]!)), across = columns[x]! - column;
      const at = row * graySide + column, below = at + graySide;
      const upper = gray[at]! + (gray[at + 1]! - gray[at]!) * across;
      const lower = gray[below]! + (gray[below + 1]! - gray[below]!) * across;
      result[y * graySide + x] = upper + (lower - upper) * down;
    }
  }
  return result;
}

/** Where the centers of pixels lie that divide a part of a side, in pixels of the whole side. */
function places(from: number, to: number): Float32Array {
  return Float32Array.from({ length: graySide }, (_, at) => {
    const center = (from + (at + 0.5) / graySide * (to - from)) * graySide - 0.5;
    return Math.max(0, Math.min(graySide - 1, center));
  });
}

/** Each inner value less the mean of its four neighbors. */
function details(gray: Float32Array): Float32Array {
  const side = graySide - 2, result = new Float32Array(side * side);
  for (let y = 0; y < side; y++) {
    for (let x = 0; x < side; x++) {
      const at = (y + 1) * graySide + x + 1;
      const around = gray[at - 1]! + gray[at + 1]! + gray[at - graySide]! + gray[at + graySide]!;
      result[y * side + x] = gray[at]! - around / 4;
    }
  }
  return result;
}

/** Pearson's correlation; 0 if one of the two is constant. */
function correlation(one: Float32Array, other: Float32Array): number {
  let [a, b, aa, bb, ab] = [0, 0, 0, 0, 0];
  const { length } = one;
  for (let at = 0; at < length; at++) {
    const [x, y] = [one[at]!, other[at]!];
    a += x;
    b += y;
    aa += x * x;
    bb += y * y;
    ab += x * y;
  }
  const spread = (aa - a * a / length) * (bb - b * b / length);
  return spread <= 1e-9 ? 0 : (ab - a * b / length) / Math.sqrt(spread);
}
