/** Hashes that differ in at most this many of their 64 bits are compared by their pixels. */
export const maxDistance = 11;

/** A hash is four bands of 16 bits: of 11 differences, some band has at most two. */
const bands = 4, bandBits = 16, maxInBand = 2;

/** All changes of at most two bits of a band. */
const changes: readonly number[] = Array.from({ length: bandBits }, (_, bit) => 1 << bit)
  .reduce<number[]>(
    (all, bit, at, bits) => [...all, bit, ...bits.slice(0, at).map((b) => b | bit)],
    [
      0,
    ],
  );

/**
 * Finds all pairs of hashes that differ in at most {@linkcode maxDistance} bits: for each of four bands,
 * the hashes whose band differs in at most two bits are looked up. That takes 548 look-ups a hash, and
 * not a comparison with every other one.
 *
 * @param hashes Two numbers of 32 bits for each hash.
 * @returns The first and the second hash's index, the first one smaller. Each pair comes once.
 */
export function* nearPairs(hashes: Uint32Array): Generator<[number, number], void, void> {
  const length = hashes.length / 2;
  for (let band = 0; band < bands; band++) {
    const { starts, order } = sortByBand(hashes, band);
    for (let one = 0; one < length; one++) {
      const key = bandOf(hashes, one, band);
      for (const change of changes) {
        const [start, end] = [starts[key ^ change]!, starts[(key ^ change) + 1]!];
        for (let at = start; at < end; at++) {
          const other = order[at]!;
          if (other > one && isNear(hashes, one, other, band)) yield [one, other];
        }
      }
    }
  }
}

/** Whether two hashes are near, and no earlier band has found them. */
function isNear(hashes: Uint32Array, one: number, other: number, band: number): boolean {
  const high = hashes[2 * one]! ^ hashes[2 * other]!;
  const low = hashes[2 * one + 1]! ^ hashes[2 * other + 1]!;
  if (bitCount(high) + bitCount(low) > maxDistance) return false;
  for (let earlier = 0; earlier < band; earlier++) {
    const part = (earlier < 2 ? high : low) >>> bandBits * (earlier % 2) & 0xffff;
    if (bitCount(part) <= maxInBand) return false;
  }
  return true;
}

function bandOf(hashes: Uint32Array, index: number, band: number): number {
  return hashes[2 * index + (band < 2 ? 0 : 1)]! >>> bandBits * (band % 2) & 0xffff;
}

/** The hashes in the order of a band, and where each value of the band begins. */
function sortByBand(
  hashes: Uint32Array,
  band: number,
): { starts: Uint32Array; order: Uint32Array } {
  const length = hashes.length / 2;
  const starts = new Uint32Array((1 << bandBits) + 1);
  for (let index = 0; index < length; index++) starts[bandOf(hashes, index, band) + 1]!++;
  for (let key = 0; key < 1 << bandBits; key++) starts[key + 1]! += starts[key]!;
  const next = starts.slice();
  const order = new Uint32Array(length);
  for (let index = 0; index < length; index++) {
    order[next[bandOf(hashes, index, band)]!++] = index;
  }
  return { starts, order };
}

/** The number of bits that are set. */
export function bitCount(value: number): number {
  const pairs = value - (value >>> 1 & 0x55555555);
  const fours = (pairs & 0x33333333) + (pairs >>> 2 & 0x33333333);
  return Math.imul(fours + (fours >>> 4) & 0x0f0f0f0f, 0x01010101) >>> 24;
}
