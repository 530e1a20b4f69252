import { z } from "zod";
import type { Augmentation } from "../../data/augment/mod.ts";
import { numberBetween, oneOf, share, wholeNumber, yesOrNo } from "./setting.ts";

const flip = yesOrNo();
const shift = numberBetween(0, 1);
const kinds = ["none", "flip", "translate", "affine", "paper"] as const;

const known = "an augmentation with its own settings alone";

const kindSchemas = [
  z.strictObject({ kind: z.literal("none") }, known),
  z.strictObject({ kind: z.literal("flip") }, known),
  z.strictObject({
    kind: z.literal("translate"),
    pixels: wholeNumber(0),
    fill: oneOf(["reflect", "zero"]),
    flip: z.union([flip, z.literal("alternate")], "true, false or alternate"),
  }, known),
  z.strictObject({
    kind: z.literal("affine"),
    rotation: numberBetween(0, 360),
    widthShift: shift,
    heightShift: shift,
    shear: numberBetween(0, 89),
    zoom: share(),
    flip,
  }, known),
  z.strictObject({
    kind: z.literal("paper"),
    crop: wholeNumber(1),
    shortestSide: z.tuple([wholeNumber(1), wholeNumber(1)], "two whole numbers of pixels"),
    flip,
    colorShift: numberBetween(0, 10),
  }, known).refine(
    ({ crop, shortestSide: [lowest, highest] }) => crop <= lowest && lowest <= highest,
    {
      path: ["shortestSide"],
      error: "from the crop's side on, the lower one first",
    },
  ),
] as const;

/** The settings of an augmentation, of the user's or of a run's record. */
export const augmentationSchema: z.ZodType<Augmentation> = z.discriminatedUnion(
  "kind",
  kindSchemas,
  `one of ${kinds.join(", ")}`,
);
