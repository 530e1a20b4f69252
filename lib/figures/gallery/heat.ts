import type { Image } from "../../data/dataset.ts";
import type { Grid } from "../../explain/grid.ts";
import { resizeGrid } from "../../explain/resize_grid.ts";
import { type RGB, toRGB } from "../plotly/color.ts";
import { colours, heat } from "../plotly/style.ts";

/** How much of the image's own colours is left, and of the image below the hottest colour. */
const colourLeft = 0.3, hottestCover = 0.7;

/**
 * An image with heat over it: grey where the grid is 0, ever warmer and lighter up to its highest
 * number, blue where it is below 0. The lightness alone tells more from less, so that all eyes can.
 *
 * @param image What the grid is about, of any size: the grid is stretched over it.
 * @param grid Of one channel. A grid of zeros leaves the image grey.
 *
 * @example
 * ```ts
 * import { overlayHeat } from "vgg";
 *
 * const image = { width: 2, height: 1, data: new Uint8Array(6) };
 * const grid = { width: 2, height: 1, channels: 1, values: Float32Array.of(0, 1) };
 * overlayHeat(image, grid).data; // black, then nearly the hottest colour
 * ```
 */
export function overlayHeat({ width, height, data }: Image, grid: Grid): Image {
  const { values } = resizeGrid(grid, width, height);
  const most = largest(grid.values);
  const shown = new Uint8ClampedArray(data.length);
  values.forEach((value, pixel) => {
    const part = most === 0 ? 0 : value / most;
    const own = data.subarray(pixel * 3, pixel * 3 + 3);
    const grey = 0.299 * own[0]! + 0.587 * own[1]! + 0.114 * own[2]!;
    const colour = part < 0 ? cold : heatColour(part);
    const cover = hottestCover * Math.min(1, Math.abs(part));
    for (let channel = 0; channel < 3; channel++) {
      const below = grey + (own[channel]! - grey) * colourLeft;
      shown[pixel * 3 + channel] = below + (colour[channel]! - below) * cover;
    }
  });
  return { width, height, data: new Uint8Array(shown.buffer) };
}

/**
 * A grid as an image: of one channel in the colours of heat, dark where it is 0 or less; of three as
 * colours around grey, which stands for 0. Of gradients, most of which are tiny, the few largest are
 * cut off.
 *
 * @param scale Pixels a cell along each side. Default 1.
 */
export function drawGrid(grid: Grid, scale = 1): Image {
  const { width, height, channels, values } = grid;
  const most = fullColour(grid) || 1;
  const size = { width: width * scale, height: height * scale };
  const data = new Uint8ClampedArray(size.width * size.height * 3);
  for (let pixel = 0; pixel < size.width * size.height; pixel++) {
    const row = Math.floor(pixel / size.width / scale);
    const column = Math.floor(pixel % size.width / scale);
    const cell = (row * width + column) * channels;
    const colour = channels === 1
      ? heatColour(values[cell]! / most)
      : [0, 1, 2].map((channel) => 127.5 * (1 + values[cell + channel]! / most));
    data.set(colour, pixel * 3);
  }
  return { ...size, data: new Uint8Array(data.buffer) };
}

/** The number that has the last colour. */
function fullColour({ channels, values }: Grid): number {
  if (channels === 1) return values.reduce((most, value) => Math.max(most, value), 0);
  const spread = Math.sqrt(values.reduce((sum, value) => sum + value ** 2, 0) / values.length);
  return Math.min(largest(values), 8 * spread);
}

/** The colour of a number from 0 to 1, from dark to light. */
function heatColour(part: number): RGB {
  const place = Math.min(1, Math.max(0, part)) * (ramp.length - 1);
  const below = Math.min(ramp.length - 2, Math.floor(place));
  const [from, to] = [ramp[below]!, ramp[below + 1]!];
  const mix = (channel: 0 | 1 | 2): number =>
    from[channel] + (to[channel] - from[channel]) * (place - below);
  return [mix(0), mix(1), mix(2)];
}

const ramp = heat.map(toRGB);
const cold = toRGB(colours.train);

function largest(values: Float32Array): number {
  return values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
}
