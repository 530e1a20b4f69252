import type { Image } from "../../data/dataset.ts";
import type { Grid } from "../../explain/grid.ts";
import { resizeGrid } from "../../explain/resize_grid.ts";
import { type RGB, toRGB } from "../plotly/color.ts";
import { colors, heat } from "../plotly/style.ts";

/** The remaining saturation of the image, and the opacity of the hottest color over it. */
const saturation = 0.3, maxOpacity = 0.7;

/**
 * Draws a heatmap over an image: gray where the grid is 0, warmer and lighter up to the largest value,
 * blue below 0. The lightness increases with the value, so it also works with color blindness.
 *
 * @param image The image in any size; the grid is resized to it.
 * @param grid A grid of one channel. A grid of zeros leaves the image gray.
 *
 * @example
 * ```ts
 * import { overlayHeat } from "vgg/figures";
 *
 * const image = { width: 2, height: 1, data: new Uint8Array(6) };
 * const grid = { width: 2, height: 1, channels: 1, values: Float32Array.of(0, 1) };
 * overlayHeat(image, grid).data; // black, then nearly the hottest color
 * ```
 */
export function overlayHeat({ width, height, data }: Image, grid: Grid): Image {
  const { values } = resizeGrid(grid, width, height);
  const max = maxMagnitude(grid.values);
  const blended = new Uint8ClampedArray(data.length);
  values.forEach((value, pixel) => {
    const relative = max === 0 ? 0 : value / max;
    const rgb = data.subarray(pixel * 3, pixel * 3 + 3);
    const gray = 0.299 * rgb[0]! + 0.587 * rgb[1]! + 0.114 * rgb[2]!;
    const color = relative < 0 ? cold : heatColor(relative);
    const opacity = maxOpacity * Math.min(1, Math.abs(relative));
    for (let channel = 0; channel < 3; channel++) {
      const below = gray + (rgb[channel]! - gray) * saturation;
      blended[pixel * 3 + channel] = below + (color[channel]! - below) * opacity;
    }
  });
  return { width, height, data: new Uint8Array(blended.buffer) };
}

/**
 * Draws a grid as an image. One channel is drawn in heat colors, dark where it is 0 or less. Three
 * channels are drawn as colors around gray, which is 0; most gradients are tiny, so the few largest
 * are clipped.
 *
 * @param grid A grid of one or three channels.
 * @param scale Pixels per cell along each side. Default 1.
 */
export function drawGrid(grid: Grid, scale = 1): Image {
  const { width, height, channels, values } = grid;
  const max = scaleEnd(grid) || 1;
  const size = { width: width * scale, height: height * scale };
  const data = new Uint8ClampedArray(size.width * size.height * 3);
  for (let pixel = 0; pixel < size.width * size.height; pixel++) {
    const row = Math.floor(pixel / size.width / scale);
    const column = Math.floor(pixel % size.width / scale);
    const cell = (row * width + column) * channels;
    const color = channels === 1
      ? heatColor(values[cell]! / max)
      : [0, 1, 2].map((channel) => 127.5 * (1 + values[cell + channel]! / max));
    data.set(color, pixel * 3);
  }
  return { ...size, data: new Uint8Array(data.buffer) };
}

/** The value at the end of the color scale. */
function scaleEnd({ channels, values }: Grid): number {
  if (channels === 1) return values.reduce((max, value) => Math.max(max, value), 0);
  const rms = Math.sqrt(values.reduce((sum, value) => sum + value ** 2, 0) / values.length);
  return Math.min(maxMagnitude(values), 8 * rms);
}

/** The color of a value from 0 (dark) to 1 (light). */
function heatColor(value: number): RGB {
  const position = Math.min(1, Math.max(0, value)) * (ramp.length - 1);
  const below = Math.min(ramp.length - 2, Math.floor(position));
  const [from, to] = [ramp[below]!, ramp[below + 1]!];
  const mix = (channel: 0 | 1 | 2): number =>
    from[channel] + (to[channel] - from[channel]) * (position - below);
  return [mix(0), mix(1), mix(2)];
}

const ramp = heat.map(toRGB);
const cold = toRGB(colors.train);

function maxMagnitude(values: Float32Array): number {
  return values.reduce((max, value) => Math.max(max, Math.abs(value)), 0);
}
