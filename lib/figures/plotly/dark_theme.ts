import { toHex, toRGB } from "./color.ts";

/** OKLab's lightness of the dark page and of the text on it, and of the light theme's ink. */
const page = 0.225, text = 0.93, ink = 0.27;
/** Above 1 for middle tones that are lighter still, as thin letters need on a dark page. */
const lift = 1.2;
/** The least lightness of a strong colour. */
const bright = 0.62;
/** A dark page leans to blue, as the light theme's ink does. */
const tint = -0.01;

/**
 * The colour that takes another's place on a dark page: of the same hue, and as far from the dark
 * page's colour in lightness as it was from white. Pairs that can be told apart or read on each other
 * still can.
 *
 * @param colour `#rrggbb`.
 * @see Björn Ottosson's OKLab, https://bottosson.github.io/posts/oklab/
 *
 * @example
 * ```ts
 * import { darkColour } from "./dark_theme.ts";
 *
 * darkColour("#ffffff"); // nearly black
 * ```
 */
export function darkColour(colour: string): string {
  const [lightness, a, b] = toLab(toRGB(colour).map(linear));
  const fromWhite = Math.max(0, 1 - lightness!) / (1 - ink);
  const inverse = Math.min(1, page + (text - page) * fromWhite ** (1 / lift));
  // What is strong stays bright: a dark amber would be brown.
  const strong = Math.min(bright, 8 * (Math.hypot(a!, b!) - 0.06));
  const dark = Math.max(inverse, strong);
  return toHex(fromLab([dark, a!, b! + tint * (1 - dark)]).map(display));
}

/** The dark page's colour for each that stands in a text, such as a figure's JSON. */
export function darkColours(text: string): Record<string, string> {
  const solid = [...new Set(text.match(/#[0-9a-f]{6}\b/g))];
  const veils = [...new Set(text.match(/rgba\(255,255,255,[\d.]+\)/g))];
  const [red, green, blue] = toRGB(darkColour("#ffffff"));
  return Object.fromEntries([
    ...solid.map((colour) => [colour, darkColour(colour)]),
    ...veils.map((veil) => [veil, veil.replace("255,255,255", `${red},${green},${blue}`)]),
  ]);
}

/** sRGB's curve, from 0 to 255 to linear light, and back. */
function linear(value: number): number {
  const share = value / 255;
  return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
}

function display(light: number): number {
  return 255 * (light <= 0.0031308 ? 12.92 * light : 1.055 * light ** (1 / 2.4) - 0.055);
}

type Matrix = readonly (readonly number[])[];

const toCones: Matrix = [
  [0.4122214708, 0.5363325363, 0.0514459929],
  [0.2119034982, 0.6806995451, 0.1073969566],
  [0.0883024619, 0.2817188376, 0.6299787005],
];
const fromCones: Matrix = [
  [0.2104542553, 0.793617785, -0.0040720468],
  [1.9779984951, -2.428592205, 0.4505937099],
  [0.0259040371, 0.7827717662, -0.808675766],
];
const labToCones: Matrix = [
  [1, 0.3963377774, 0.2158037573],
  [1, -0.1055613458, -0.0638541728],
  [1, -0.0894841775, -1.291485548],
];
const conesToLight: Matrix = [
  [4.0767416621, -3.3077115913, 0.2309699292],
  [-1.2684380046, 2.6097574011, -0.3413193965],
  [-0.0041960863, -0.7034186147, 1.707614701],
];

function toLab(light: readonly number[]): number[] {
  return multiply(fromCones, multiply(toCones, light).map(Math.cbrt));
}

function fromLab(lab: readonly number[]): number[] {
  return multiply(conesToLight, multiply(labToCones, lab).map((value) => value ** 3));
}

function multiply(matrix: Matrix, vector: readonly number[]): number[] {
  return matrix.map((row) => row.reduce((sum, value, index) => sum + value * vector[index]!, 0));
}
