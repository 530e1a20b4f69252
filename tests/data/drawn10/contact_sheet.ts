import { createCanvas, GlobalFonts } from "@napi-rs/canvas";
import sharp from "sharp";
import { npmFile } from "../../../lib/npm_file.ts";
import type { Image } from "../../../lib/data/dataset.ts";
import { drawn10 } from "../../../lib/data/drawn10/mod.ts";

/** The content of a contact sheet. */
export interface ContactSheetOptions {
  /** The seed of the images; 1 by default. */
  readonly seed?: number;
  /** Images per row; 12 by default. */
  readonly columns?: number;
  /** An image's side in pixels; 96 by default. */
  readonly size?: number;
  /** The indices of the classes, one per row; all by default. */
  readonly classes?: readonly number[];
}

const GAP = 4;
const NAME_WIDTH = 130;
const FONT = "DejaVu Sans";

/**
 * Draws a sheet of drawn10's first validation images: a row for each class, with its name on the left.
 * `data/drawn10.png` is the sheet of the default options.
 *
 * @returns The bytes of a PNG file with 256 colors.
 */
export async function contactSheet(options: ContactSheetOptions = {}): Promise<Uint8Array> {
  const { seed = 1, columns = 12, size = 96 } = options;
  const { classes, validation } = drawn10({ seed, validationPerClass: columns });
  const rows = options.classes ?? classes.map((_, label) => label);
  await import("dejavu-fonts-ttf/package.json", { with: { type: "json" } });
  GlobalFonts.registerFromPath(npmFile("dejavu-fonts-ttf/ttf/DejaVuSans.ttf"), FONT);
  const pitch = size + GAP;
  const canvas = createCanvas(NAME_WIDTH + columns * pitch + GAP, rows.length * pitch + GAP);
  const pen = canvas.getContext("2d");
  pen.fillStyle = "white";
  pen.fillRect(0, 0, canvas.width, canvas.height);
  pen.font = `14px "${FONT}"`;
  pen.textAlign = "right";
  pen.textBaseline = "middle";
  for (const [row, label] of rows.entries()) {
    const top = GAP + row * pitch;
    pen.fillStyle = "black";
    pen.fillText(classes[label]?.name ?? "", NAME_WIDTH - 10, top + size / 2);
    for (let column = 0; column < columns; column++) {
      const image = await validation.image(label * columns + column, { mode: "stretch", size });
      const pixels = pen.createImageData(size, size);
      pixels.data.set(withAlpha(image));
      pen.putImageData(pixels, NAME_WIDTH + column * pitch, top);
    }
  }

  return await sharp(canvas.toBuffer("image/png")).png({ palette: true }).toBuffer();
}

function withAlpha({ data }: Image): Uint8ClampedArray {
  const pixels = new Uint8ClampedArray(data.length / 3 * 4).fill(255);
  for (let from = 0, to = 0; from < data.length; from += 3, to += 4) {
    pixels.set(data.subarray(from, from + 3), to);
  }
  return pixels;
}
