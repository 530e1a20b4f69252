/** Red, green and blue, 0 to 255 each. */
export type Colour = readonly [number, number, number];

export const white: Colour = [255, 255, 255];
export const black: Colour = [0, 0, 0];

/** The colour as the canvas reads it. */
export function css([red, green, blue]: Colour, alpha = 1): string {
  return `rgba(${red | 0},${green | 0},${blue | 0},${alpha})`;
}

/** `one` at `amount` 0, `other` at 1. */
export function mix(one: Colour, other: Colour, amount: number): Colour {
  return [
    one[0] + (other[0] - one[0]) * amount,
    one[1] + (other[1] - one[1]) * amount,
    one[2] + (other[2] - one[2]) * amount,
  ];
}

/** What a surface of one colour gives back of light of another. */
export function multiplyColor(one: Colour, other: Colour): Colour {
  return [one[0] * other[0] / 255, one[1] * other[1] / 255, one[2] * other[2] / 255];
}

/** A colour by hue in degrees, and saturation and lightness from 0 to 1. */
export function hsl(hue: number, saturation: number, lightness: number): Colour {
  const reach = saturation * Math.min(lightness, 1 - lightness);
  const channel = (offset: number): number => {
    const turn = (((offset + hue / 30) % 12) + 12) % 12;
    return 255 * (lightness - reach * Math.max(-1, Math.min(turn - 3, 9 - turn, 1)));
  };
  return [channel(0), channel(8), channel(4)];
}
