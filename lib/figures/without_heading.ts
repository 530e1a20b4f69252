import type { Figure } from "./figure.ts";
import { edge, headingLine } from "./style.ts";

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
  return {
    name,
    data,
    layout: {
      ...rest,
      width: width - 2 * edge,
      height: height - above - edge,
      margin: { ...margin, l: l - edge, r: r - edge, t: t - above, b: b - edge },
    },
  };
}
