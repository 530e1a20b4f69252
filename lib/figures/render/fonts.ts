import { fileURLToPath } from "node:url";

/** The font in which all figures are measured and drawn. */
export const fontFamily = "DejaVu Sans";

/** The paths of the font files: regular, bold, oblique, bold oblique. */
export function fontFiles(): string[] {
  return ["DejaVuSans", "DejaVuSans-Bold", "DejaVuSans-Oblique", "DejaVuSans-BoldOblique"].map(
    (name) => fileURLToPath(import.meta.resolve(`dejavu-fonts-ttf/ttf/${name}.ttf`)),
  );
}
