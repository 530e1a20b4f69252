import type { RenderedImage } from "@resvg/resvg-js";
import { fallbackFonts, fontFamily, fontFiles } from "./fonts.ts";

/**
 * Draws SVG in the figures' font.
 *
 * @param scale Image pixels per SVG pixel.
 */
export async function rasterize(svg: string, scale = 1): Promise<RenderedImage> {
  const { Resvg } = await import("@resvg/resvg-js");
  const files = [...await fontFiles(), ...await fallbackFonts(svg)];
  const resvg = new Resvg(svg, {
    fitTo: { mode: "zoom", value: scale },
    font: { fontFiles: files, loadSystemFonts: false, defaultFontFamily: fontFamily },
  });
  return resvg.render();
}
