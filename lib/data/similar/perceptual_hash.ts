import { grayLength, graySide } from "./gray.ts";

/** The lowest frequencies of each direction make the hash: 8 × 8 bits. */
const frequencies = 8;

/** The cosines of each frequency. */
const cosines = Array.from(
  { length: frequencies },
  (_, frequency) =>
    Float64Array.from(
      { length: graySide },
      (_, place) => Math.cos(Math.PI * (place + 0.5) * frequency / graySide),
    ),
);

/** A hash of 64 bits, as two numbers of 32. */
export type PictureHash = readonly [number, number];

/**
 * Computes pHash: whether each of the 64 lowest frequencies of the cosine transform is above their
 * median. Pictures that differ by compression, size or brightness differ in few bits.
 *
 * @param gray The picture's {@linkcode grayLength} luma values.
 */
export function perceptualHash(gray: Uint8Array): PictureHash {
  if (gray.length !== grayLength) {
    throw new RangeError(`a gray picture must have ${grayLength} values. Received: ${gray.length}`);
  }
  const rows = new Float64Array(frequencies * graySide);
  for (let y = 0; y < graySide; y++) {
    for (let across = 0; across < frequencies; across++) {
      const waves = cosines[across]!;
      let sum = 0;
      for (let x = 0; x < graySide; x++) sum += gray[y * graySide + x]! * waves[x]!;
      rows[across * graySide + y] = sum;
    }
  }
  const transform = new Float64Array(frequencies * frequencies);
  for (let down = 0; down < frequencies; down++) {
    const waves = cosines[down]!;
    for (let across = 0; across < frequencies; across++) {
      let sum = 0;
      for (let y = 0; y < graySide; y++) sum += rows[across * graySide + y]! * waves[y]!;
      transform[down * frequencies + across] = sum;
    }
  }
  // The first one is the mean brightness, which is far above all others.
  const median = transform.slice(1).sort()[31]!;
  const hash: [number, number] = [0, 0];
  transform.forEach((value, bit) => {
    if (value > median) hash[bit < 32 ? 0 : 1] |= 1 << bit % 32;
  });
  return hash;
}
