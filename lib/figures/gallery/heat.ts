import type { Image } from "../../data/dataset.ts";
import type { Grid } from "../../explain/grid.ts";
import { resizeGrid } from "../../explain/resize_grid.ts";
import { type RGB, toRGB } from "../plotly/color.ts";
import { colors, heat } from "../plotly/palette.ts";

/** The opacity of the strongest color over an image. */
const maxOpacity = 0.8;

/** How {@linkcode overlayHeat} colors a grid. */
export interface HeatOptions {
  /** Whether values below 0 are drawn, in blue, and values above 0 in red. Default false. */
  readonly diverging?: boolean;
}

/**
 * Draws a heatmap over an image. The opacity grows with the value, so that the image is unchanged where the
 * grid is 0. The colors grow lighter with the value, so they also work with color blindness.
 *
 * @param image The image in any size; the grid is resized to it.
 * @param grid A grid of one channel.
 *
 * @example
 * ```ts
 * import { overlayHeat } from "vgg/figures";
 *
 * const image = { width: 2, height: 1, data: new Uint8Array(6).fill(9) };
 * const grid = { width: 2, height: 1, channels: 1, values: Float32Array.of(0, 1) };
 * overlayHeat(image, grid).data.subarray(0, 3); // 9, 9, 9
 * ```
 */
export function overlayHeat(
  { width, height, data }: Image,
  grid: Grid,
  { diverging = false }: HeatOptions = {},
): Image {
  const max = diverging ? maxMagnitude(grid.values) : maxValue(grid.values);
  const { values } = resizeGrid(grid, width, height);
  const blended = new Uint8ClampedArray(data);
  values.forEach((value, pixel) => {
    const relative = max > 0 ? value / max : 0;
    const strength = diverging ? Math.abs(relative) : Math.max(0, relative);
    const color = diverging ? (relative < 0 ? against : favor) : heatColor(relative);
    for (let at = pixel * 3; at < pixel * 3 + 3; at++) {
      blended[at] = data[at]! + (color[at % 3]! - data[at]!) * maxOpacity * strength;
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

/** The value with the strongest color in {@linkcode drawGrid}. */
export function scaleEnd({ channels, values }: Grid): number {
  if (channels === 1) return maxValue(values);
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
/** The colors of values above and below 0 on a diverging scale. */
const favor = toRGB(colors.validation), against = toRGB(colors.train);

/** The largest value, and 0 if none is positive. */
export function maxValue(values: Float32Array): number {
  return values.reduce((max, value) => Math.max(max, value), 0);
}

/** The largest absolute value. */
export function maxMagnitude(values: Float32Array): number {
  return values.reduce((max, value) => Math.max(max, Math.abs(value)), 0);
}
