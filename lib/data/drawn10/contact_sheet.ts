import { createCanvas, GlobalFonts } from "@napi-rs/canvas";
import { fileURLToPath } from "node:url";
import sharp from "sharp";
import type { Image } from "../dataset.ts";
import { drawn10 } from "./mod.ts";

/** What a contact sheet shows. */
export interface ContactSheetOptions {
  /** Decides the images; 1 by default. */
  readonly seed?: number;
  /** Images in a row; 12 by default. */
  readonly columns?: number;
  /** An image's side in pixels; 96 by default. */
  readonly size?: number;
  /** The classes' numbers, a row each; all by default. */
  readonly classes?: readonly number[];
}

const GAP = 4;
const NAME_WIDTH = 130;
const FONT = "DejaVu Sans";

/**
 * Lays out drawn10's first validation images: a row for each class, its name on the left.
 *
 * @returns A PNG file's bytes, in 256 colours.
 *
 * @example
 * ```ts ignore
 * await Deno.writeFile("data/drawn10.png", await contactSheet());
 * ```
 */
export async function contactSheet(options: ContactSheetOptions = {}): Promise<Uint8Array> {
  const { seed = 1, columns = 12, size = 96 } = options;
  const { classes, validation } = drawn10({ seed, validationPerClass: columns });
  const rows = options.classes ?? classes.map((_, label) => label);
  GlobalFonts.registerFromPath(
    fileURLToPath(import.meta.resolve("dejavu-fonts-ttf/ttf/DejaVuSans.ttf")),
    FONT,
  );
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
