import type { Figure } from "../figure.ts";
import { edge, headingLine } from "./style.ts";

/** How much of the edge is left, for letters that reach over, in pixels. */
const left = 8;

/**
 * A figure without its heading and without the room at its edges, for a page that has both itself.
 *
 * @throws {RangeError} Where it has no exact size or margins.
 */
export function withoutHeading({ name, data, layout }: Figure): Figure {
  const { title, margin, width, height } = layout;
  if (!margin || !width || !height) {
    throw new RangeError(`the figure ${name} needs a size and margins in its layout`);
  }
  const { l = 0, r = 0, t = 0, b = 0 } = margin;
  const text = typeof title === "string" ? title : title?.text ?? "";
  const above = text === "" ? 0 : Math.round(edge + text.split("<br>").length * headingLine);
  const { title: _, ...rest } = layout;
  const cut = edge - left;
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
