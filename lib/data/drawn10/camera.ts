import type { RandomStream } from "../random.ts";
import type { Pen } from "./stage.ts";

/** How a picture is taken and developed. */
export interface Camera {
  /** The tilt of the frame in radians. */
  readonly roll: number;
  /** The blur of the background and of all, in units of the frame. */
  readonly depthBlur: number;
  readonly blur: number;
  /** Each channel's gain: exposure and white balance. */
  readonly gains: readonly [number, number, number];
  readonly contrast: number;
  /** 1 leaves colours as they are, 0 makes them grey. */
  readonly saturation: number;
  /** How much light the corners lose, from 0 to 1. */
  readonly vignette: number;
  /** The standard deviation of the noise, of 255. */
  readonly noise: number;
}

/** Most pictures are decent; some are dark, pale, noisy or out of focus. */
export function randomCamera(random: RandomStream): Camera {
  const exposure = Math.exp(random.normal() * 0.2);
  const warmth = random.normal() * 0.05;
  return {
    roll: random.normal() * 0.045,
    depthBlur: Math.max(0, random.uniform(-0.6, 2.2)),
    blur: Math.max(0, random.uniform(-1.2, 0.75)),
    gains: [exposure * (1 + warmth), exposure, exposure * (1 - warmth)],
    contrast: random.uniform(0.78, 1.25),
    saturation: random.uniform(0.5, 1.2),
    vignette: Math.max(0, random.uniform(-0.25, 0.5)),
    noise: random.uniform(0.5, 5.5),
  };
}

/**
 * Reads a canvas that is `factor` times as wide and high as the picture, and develops it.
 *
 * @returns The picture's RGB bytes.
 */
export function develop(
  pen: Pen,
  size: number,
  factor: number,
  camera: Camera,
  random: RandomStream,
): Uint8Array<ArrayBuffer> {
  const side = size * factor;
  const pixels = pen.getImageData(0, 0, side, side).data;
  const output = new Uint8Array(size * size * 3);
  const curves = camera.gains.map((gain) => toneCurve(gain, camera.contrast));
  const [red, green, blue] = curves;
  if (!red || !green || !blue) return output;
  const share = 1 / (factor * factor);
  for (let y = 0, at = 0; y < size; y++) {
    for (let x = 0; x < size; x++, at += 3) {
      const [sums, start] = [[0, 0, 0] as [number, number, number], (y * side + x) * factor * 4];
      for (let row = 0; row < factor; row++) {
        for (let column = 0; column < factor; column++) {
          const from = start + (row * side + column) * 4;
          sums[0] += pixels[from] ?? 0;
          sums[1] += pixels[from + 1] ?? 0;
          sums[2] += pixels[from + 2] ?? 0;
        }
      }
      const [r, g, b] = [
        red[sums[0] * share | 0] ?? 0,
        green[sums[1] * share | 0] ?? 0,
        blue[sums[2] * share | 0] ?? 0,
      ];
      const grey = 0.3 * r + 0.59 * g + 0.11 * b;
      const [offsetX, offsetY] = [(x + 0.5) / size - 0.5, (y + 0.5) / size - 0.5];
      const fall = 1 - camera.vignette * 2 * (offsetX * offsetX + offsetY * offsetY);
      // The sum of two uniform numbers is close enough to a normal one, and cheaper.
      const grain = (random.uniform(-1, 1) + random.uniform(-1, 1)) * 1.22 * camera.noise;
      output[at] = byte((grey + (r - grey) * camera.saturation) * fall + grain);
      output[at + 1] = byte((grey + (g - grey) * camera.saturation) * fall + grain);
      output[at + 2] = byte((grey + (b - grey) * camera.saturation) * fall + grain);
    }
  }
  return output;
}

/** Brightness in to brightness out: a gain that rolls off before it clips, then contrast. */
function toneCurve(gain: number, contrast: number): Float32Array {
  return Float32Array.from({ length: 256 }, (_, value) => {
    const exposed = value / 255 * gain;
    const rolled = exposed < 0.8 ? exposed : 0.8 + 0.2 * Math.tanh((exposed - 0.8) / 0.2);
    return 255 * (0.5 + (rolled - 0.5) * contrast);
  });
}

function byte(value: number): number {
  return value < 0 ? 0 : value > 255 ? 255 : value + 0.5 | 0;
}
