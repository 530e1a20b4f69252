import { fileURLToPath } from "node:url";

/** The font that all figures are measured and drawn in. */
export const fontFamily = "DejaVu Sans";

/** The font's files on this machine: regular, bold, oblique, bold oblique. */
export function fontFiles(): string[] {
  return ["DejaVuSans", "DejaVuSans-Bold", "DejaVuSans-Oblique", "DejaVuSans-BoldOblique"].map(
    (name) => fileURLToPath(import.meta.resolve(`dejavu-fonts-ttf/ttf/${name}.ttf`)),
  );
}
