import type { Oddity, PartName } from "./facts.ts";

/** What the parts of a data set are called. */
export const splitTitles: Readonly<Record<PartName, string>> = {
  train: "training",
  validation: "validation",
  test: "test",
};

/** What is unusual about pictures, in words after their number, and what is done with them. */
export const oddityTexts: Readonly<Record<Oddity, readonly [what: string, done: string]>> = {
  extension: ["with another format than the extension says", "the content decides"],
  cmyk: ["in CMYK, the colors of printers", "converted to RGB without a color profile"],
  orientation: ["turned or mirrored by EXIF orientation", "turned upright; Keras does not do that"],
  "16-bit": ["with more than 8 bits per value", "scaled to 8 bits"],
  animated: ["with several frames or pages", "the first one is used"],
  alpha: ["with transparency", "transparency is ignored"],
  gray: ["without color", "all three channels are equal"],
  "one-color": ["of nearly one color", "used like all others; compared by their bytes alone"],
  tiny: ["with a side below 32 px", "enlarged"],
  narrow: ["more than four times as long as wide", "stretched, or cropped to 4 : 1"],
};
