import { type NetDescription, toMetadata } from "../net.ts";

/** The preprocessing of images that a net expects, for other programs. */
export interface NetInput {
  /** The side of the input in pixels. */
  readonly size: number;
  /** How an image gets that size: `stretch`, `crop` from `shortestSide`, or `shortest-side`. */
  readonly resize: { readonly mode: string; readonly size: number; readonly shortestSide?: number };
  readonly colors: "RGB" | "gray" | "other";
  readonly pixels: "0 to 255";
  /** The input is `(pixel − mean) / deviation`, with one number for each channel. */
  readonly mean: readonly number[];
  readonly deviation: readonly number[];
}

/** Returns the preprocessing of images that a net expects. */
export function inputOf({ network, fit, normalization }: NetDescription): NetInput {
  const { inputSize, channels = 3 } = network;
  const { mode, size, shortestSide } = fit;
  return {
    size: inputSize,
    resize: {
      mode,
      size,
      ...(mode === "crop" ? { shortestSide: shortestSide ?? size } : {}),
    },
    colors: channels === 3 ? "RGB" : channels === 1 ? "gray" : "other",
    pixels: "0 to 255",
    mean: normalization.mean.slice(0, channels),
    deviation: normalization.deviation.slice(0, channels),
  };
}

/** Returns in one line the preprocessing that a net expects. */
export function inputText(description: NetDescription): string {
  const { size, resize, colors, pixels, mean, deviation } = inputOf(description);
  const how = resize.mode === "stretch"
    ? `stretched to ${size}×${size} px`
    : resize.mode === "crop"
    ? `shortest side ${resize.shortestSide} px, its center of ${size}×${size} px`
    : `shortest side ${resize.size} px`;
  const list = (values: readonly number[]): string =>
    `[${values.map((value) => Number(value.toPrecision(6))).join(", ")}]`;
  return `input: ${colors} pixels from ${pixels}, ${how}, minus mean ${list(mean)}, ` +
    `divided by deviation ${list(deviation)}`;
}

/**
 * Returns the metadata of an exported net: the description that this library reads, and for others what
 * images it expects (`preprocessing`) and the names of its classes (`classes`), as JSON.
 */
export function exportMetadata(description: NetDescription): Record<string, string> {
  return {
    ...toMetadata(description),
    preprocessing: JSON.stringify(inputOf(description)),
    classes: JSON.stringify(description.classes.map(({ name }) => name)),
  };
}
