import type { RandomGenerator } from "pure-rand/types/RandomGenerator";
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
  const exposure = Math.exp(0.08 + random.normal() * 0.2);
  const warmth = random.normal() * 0.05;
  const focus = random.uniform(-0.6, 2.2);
  return {
    roll: random.normal() * 0.045,
    farBlur: Math.max(0, focus),
    nearBlur: Math.max(0.3, focus * 0.9),
    blur: Math.max(0, random.uniform(-1.4, 0.75)),
    gains: [exposure * (1 + warmth), exposure, exposure * (1 - warmth)],
    contrast: random.uniform(0.85, 1.3),
    saturation: random.uniform(0.6, 1.2),
    vignette: Math.max(0, random.uniform(-0.3, 0.45)),
    noise: random.uniform(0.5, 5.5),
  };
}

/**
 * Applies the camera's tone curve, saturation, vignette and noise.
 *
 * @param film The RGBA bytes of a square.
 * @returns The image's RGB bytes.
 */
export function develop(
  film: Uint8ClampedArray,
  camera: Camera,
  noise: RandomGenerator,
): Uint8Array<ArrayBuffer> {
  const size = Math.sqrt(film.length / 4);
  const output = new Uint8ClampedArray(size * size * 3);
  const [red, green, blue] = camera.gains;
  const curves = [
    toneCurve(red, camera),
    toneCurve(green, camera),
    toneCurve(blue, camera),
  ] as const;
  const grainScale = camera.noise * Math.sqrt(6) / 2 ** 16;
  const fallOff = Float64Array.from(
    { length: size },
    (_, at) => camera.vignette * 2 * ((at + 0.5) / size - 0.5) ** 2,
  );
  for (let pixel = 0; pixel < size * size; pixel++) {
    const r = curves[0][film[pixel * 4]!]!;
    const g = curves[1][film[pixel * 4 + 1]!]!;
    const b = curves[2][film[pixel * 4 + 2]!]!;
    const fall = 1 - fallOff[pixel % size]! - fallOff[pixel / size | 0]!;
    const gray = (0.3 * r + 0.59 * g + 0.11 * b) * (1 - camera.saturation) * fall;
    const color = camera.saturation * fall;
    // The sum of two uniform numbers is close enough to a normal one, and cheaper.
    const word = noise.next();
    const grain = gray + ((word & 0xffff) + (word >>> 16) - 0xffff) * grainScale;
    output[pixel * 3] = r * color + grain;
    output[pixel * 3 + 1] = g * color + grain;
    output[pixel * 3 + 2] = b * color + grain;
  }
  return new Uint8Array(output.buffer);
}

/** A table from brightness to brightness: a gain that rolls off before it clips, then contrast. */
function toneCurve(gain: number, { contrast }: Camera): Float32Array {
  return Float32Array.from({ length: 256 }, (_, value) => {
    const exposed = value / 255 * gain;
    const rolled = exposed < 0.75 ? exposed : 0.75 + 0.25 * Math.tanh((exposed - 0.75) / 0.25);
    return 255 * (0.45 + (rolled - 0.45) * contrast);
  });
}
