import { randomGenerator } from "../../random/generator.ts";
import type { RandomStream } from "../../random/stream.ts";

/** The camera settings and the post-processing of an image. */
export interface Camera {
  /** The rotation of the frame in radians. */
  readonly roll: number;
  /** The blur of the background, of the foreground and of the whole image, in units of the frame. */
  readonly farBlur: number;
  readonly nearBlur: number;
  readonly blur: number;
  /** The gain of each channel: exposure and white balance. */
  readonly gains: readonly [number, number, number];
  readonly contrast: number;
  /** 1 keeps the colors, 0 makes them gray. */
  readonly saturation: number;
  /** The fraction of light that the corners lose. */
  readonly vignette: number;
  /** The standard deviation of the noise, in units of 0 to 255. */
  readonly noise: number;
}

/** Draws camera settings: most images look good; some are dark, pale, noisy or out of focus. */
export function randomCamera(random: RandomStream): Camera {
  const exposure = Math.exp(0.05 + random.normal() * 0.27);
  const warmth = random.normal() * 0.08;
  const focus = random.uniform(-0.6, 2.2);
  return {
    // The backgrounds are large enough for this rotation.
    roll: Math.max(-0.2, Math.min(0.2, random.normal() * 0.09)),
    farBlur: Math.max(0, focus),
    nearBlur: Math.max(0.3, focus * 0.9),
    blur: Math.max(0, random.uniform(-1.4, 0.9)),
    gains: [exposure * (1 + warmth), exposure, exposure * (1 - warmth)],
    contrast: random.uniform(0.7, 1.3),
    saturation: random.uniform(0.35, 1.2),
    vignette: Math.max(0, random.uniform(-0.3, 0.45)),
    noise: random.uniform(0.5, 8),
  };
}

/** Numbers with mean 0 and standard deviation 1: a table, because one call per pixel takes longer. */
const grains = grainTable(2 ** 16);

function grainTable(length: number): Float32Array {
  const generator = randomGenerator("grain");
  return Float32Array.from({ length }, () => {
    // The sum of two uniform numbers is close enough to a normal one.
    const word = generator.next();
    return ((word & 0xffff) + (word >>> 16) - 0xffff) * Math.sqrt(6) / 2 ** 16;
  });
}

/**
 * Applies the camera's tone curve, saturation, vignette and noise.
 *
 * @param film The RGBA bytes of a square.
 * @param grain Where in the table the noise begins.
 * @returns The image's RGB bytes.
 */
export function develop(
  film: Uint8ClampedArray,
  camera: Camera,
  grain: number,
): Uint8Array<ArrayBuffer> {
  const size = Math.sqrt(film.length / 4);
  const output = new Uint8ClampedArray(size * size * 3);
  const [reds, greens, blues] = camera.gains.map((gain) => toneCurve(gain, camera));
  const { saturation, vignette, noise } = camera;
  const fallOff = Float32Array.from(
    { length: size },
    (_, at) => vignette * 2 * ((at + 0.5) / size - 0.5) ** 2,
  );
  let [from, to] = [0, 0];
  for (let y = 0; y < size; y++) {
    for (let x = 0; x < size; x++, from += 4, to += 3) {
      const r = reds![film[from]!]!;
      const g = greens![film[from + 1]!]!;
      const b = blues![film[from + 2]!]!;
      const fall = 1 - fallOff[x]! - fallOff[y]!;
      const speck = grains[(grain + to) & 0xffff]! * noise;
      const gray = (0.3 * r + 0.59 * g + 0.11 * b) * (1 - saturation) * fall + speck;
      const color = saturation * fall;
      output[to] = r * color + gray;
      output[to + 1] = g * color + gray;
      output[to + 2] = b * color + gray;
    }
  }
  return new Uint8Array(output.buffer);
}

/** A table from brightness to brightness: a gain that rolls off before it clips, then contrast. */
function toneCurve(gain: number, { contrast }: Camera): Float32Array {
  const curve = new Float32Array(256);
  for (let value = 0; value < 256; value++) {
    const exposed = value / 255 * gain;
    const rolled = exposed < 0.75 ? exposed : 0.75 + 0.25 * Math.tanh((exposed - 0.75) / 0.25);
    curve[value] = 255 * (0.45 + (rolled - 0.45) * contrast);
  }
  return curve;
}
