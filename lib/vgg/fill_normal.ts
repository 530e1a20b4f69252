import { uniformFloat32 } from "pure-rand/distribution/uniformFloat32";
import type { RandomGenerator } from "pure-rand/types/RandomGenerator";

/**
 * The number of the ziggurat's layers, the right edge of its base and the area of each layer (Marsaglia &
 * Tsang 2000).
 */
const layers = 128;
const baseEdge = 3.442619855899;
const layerArea = 9.91256303526217e-3;

const edges = layerEdges();
const ratios = edges.map((edge, layer) => (edges[layer + 1] ?? 0) / edge);

/**
 * Fills an array with draws from N(0, standardDeviation²) by the ziggurat method of Doornik 2005: nearly
 * every value takes one 32-bit draw, 25 bits for the value and 7 for the layer, and one multiplication.
 */
export function fillNormal(
  values: Float32Array,
  standardDeviation: number,
  generator: RandomGenerator,
): void {
  for (let index = 0; index < values.length; index++) {
    values[index] = standardDeviation * standardNormal(generator);
  }
}

function standardNormal(generator: RandomGenerator): number {
  while (true) {
    const bits = generator.next();
    const layer = bits & (layers - 1);
    const uniform = (bits >> 7) / 2 ** 24;
    const edge = edges[layer] ?? 0;
    if (Math.abs(uniform) < (ratios[layer] ?? 0)) return uniform * edge;
    if (layer === 0) return tail(generator, uniform < 0);
    const value = uniform * edge;
    const outer = density(edge);
    const inner = density(edges[layer + 1] ?? 0);
    if (outer + uniformFloat32(generator) * (inner - outer) < density(value)) return value;
  }
}

/** A draw from the tail beyond the base's edge (Marsaglia 1964). */
function tail(generator: RandomGenerator, negative: boolean): number {
  while (true) {
    const x = Math.log(1 - uniformFloat32(generator)) / baseEdge;
    const y = Math.log(1 - uniformFloat32(generator));
    if (-2 * y >= x * x) return negative ? x - baseEdge : baseEdge - x;
  }
}

/**
 * The right edges of the layers, from the base down to zero. The base is widened by the area of the tail.
 */
function layerEdges(): Float64Array {
  const result = new Float64Array(layers + 1);
  result[0] = layerArea / density(baseEdge);
  result[1] = baseEdge;
  let edge = baseEdge;
  for (let layer = 2; layer < layers; layer++) {
    edge = Math.sqrt(-2 * Math.log(layerArea / edge + density(edge)));
    result[layer] = edge;
  }
  return result;
}

/** The normal density without its constant factor. */
function density(x: number): number {
  return Math.exp(-0.5 * x * x);
}
