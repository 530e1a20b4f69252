import type { Figure } from "../figure.ts";
import { edge, headingLine } from "./style.ts";

/** The part of the edge that remains for letters that overlap it, in pixels. */
const remainingEdge = 8;

/**
 * Removes the title and the empty edges of a figure, for a page that has its own.
 *
 * @throws {RangeError} If the layout has no exact size or margins.
 */
export function stripTitle({ name, data, layout }: Figure): Figure {
  const { title, margin, width, height } = layout;
  if (!margin || !width || !height) {
    throw new RangeError(`the figure ${name} needs a size and margins in its layout`);
  }
  const { l = 0, r = 0, t = 0, b = 0 } = margin;
  const text = typeof title === "string" ? title : title?.text ?? "";
  const above = text === "" ? 0 : Math.round(edge + text.split("<br>").length * headingLine);
  const { title: _, ...rest } = layout;
  const cut = edge - remainingEdge;
  return {
    name,
    data,
    layout: {
      ...rest,
      width: width - 2 * cut,
      height: height - above - cut,
      margin: { ...margin, l: l - cut, r: r - cut, t: t - above, b: b - cut },
    },
  };
}
