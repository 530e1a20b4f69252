/** Red, green and blue, 0 to 255 each. */
export type Color = readonly [number, number, number];

export const white: Color = [255, 255, 255];
export const black: Color = [0, 0, 0];

/** Formats a color for the canvas. */
export function css([red, green, blue]: Color, alpha = 1): string {
  return `rgba(${red | 0},${green | 0},${blue | 0},${alpha})`;
}

/** Interpolates from `one` at `amount` 0 to `other` at 1. */
export function mix(one: Color, other: Color, amount: number): Color {
  return [
    one[0] + (other[0] - one[0]) * amount,
    one[1] + (other[1] - one[1]) * amount,
    one[2] + (other[2] - one[2]) * amount,
  ];
}

/** The color of a surface under colored light. */
export function multiplyColor(one: Color, other: Color): Color {
  return [one[0] * other[0] / 255, one[1] * other[1] / 255, one[2] * other[2] / 255];
}

/** Converts hue in degrees, and saturation and lightness from 0 to 1, to a color. */
export function hsl(hue: number, saturation: number, lightness: number): Color {
  const reach = saturation * Math.min(lightness, 1 - lightness);
  const channel = (offset: number): number => {
    const turn = (((offset + hue / 30) % 12) + 12) % 12;
    return 255 * (lightness - reach * Math.max(-1, Math.min(turn - 3, 9 - turn, 1)));
  };
  return [channel(0), channel(8), channel(4)];
}
