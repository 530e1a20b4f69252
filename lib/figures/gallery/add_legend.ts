import type { Image } from "../../data/dataset.ts";
import { colors } from "../plotly/style.ts";
import { plain, textWidth } from "../plotly/text.ts";
import { fontFamily } from "../render/fonts.ts";
import { rasterize } from "../render/rasterize.ts";
import type { DrawnExplanation } from "./draw_explanation.ts";
import { shortText } from "./gallery.ts";
import { imageUrl } from "./image_tile.ts";

/** The font size, the height of a line, and the space around the lines, in pixels. */
const size = 13, line = 22, padding = 8;
/** The height of the bar of colors in pixels. */
const barHeight = 10;

/** Writes the method, the class and the scale of the colors below an explanation. */
export async function addLegend(drawn: DrawnExplanation): Promise<Image> {
  const { image } = drawn;
  const legend = await rasterize(await legendSvg(drawn));
  const top = image.data.length;
  const data = new Uint8Array(top + legend.width * legend.height * 3);
  data.set(image.data);
  // The legend is opaque: of its red, green, blue and opacity, the first three are copied.
  legend.pixels.forEach((value, at) => {
    if (at % 4 < 3) data[top + Math.floor(at / 4) * 3 + at % 4] = value;
  });
  return { width: image.width, height: image.height + legend.height, data };
}

async function legendSvg(
  { image: { width }, method, className, scale: { bar, low, high } }: DrawnExplanation,
): Promise<string> {
  const height = 2 * padding + 2 * line;
  const right = width - padding;
  const label = `${method} for `;
  // Bold letters are about 10 % wider.
  const name = shortText(className, (right - padding - textWidth(label, size)) / 1.1, size);
  const from = 2 * padding + textWidth(low, size);
  const to = right - padding - textWidth(high, size);
  const [first, second] = [1, 2].map((number) => padding + number * line - 7);
  const text = (x: number, y: number, content: string, anchor = "start"): string =>
    `<text x="${x}" y="${y}" text-anchor="${anchor}" fill="${colors.muted}">${content}</text>`;
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}"
 font-family="${fontFamily}" font-size="${size}">
<rect width="100%" height="100%" fill="${colors.paper}"/>
${
    text(
      padding,
      first!,
      `${plain(label)}<tspan fill="${colors.ink}" font-weight="bold">${plain(name)}</tspan>`,
    )
  }
${text(padding, second!, plain(low))}
<image x="${from}" y="${second! - barHeight}" width="${to - from}" height="${barHeight}"
 preserveAspectRatio="none" href="${await imageUrl(bar)}"/>
${text(right, second!, plain(high), "end")}
</svg>`;
}
