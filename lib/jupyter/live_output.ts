import type { Bundle } from "../display/bundle.ts";
import { kernel } from "./kernel.ts";

/** A part of a cell's output that is replaced while the cell runs. Outside Jupyter it does nothing. */
export class LiveOutput {
  readonly #id = crypto.randomUUID();
  #isShown = false;

  /** Replaces the content. It must not be Plotly's JSON, which JupyterLab does not draw again. */
  async put(bundle: Bundle): Promise<void> {
    const type = this.#isShown ? "update_display_data" : "display_data";
    this.#isShown = true;
    await send(type, bundle, { display_id: this.#id });
  }
}

/** Sends a display message to the running cell. Outside Jupyter it does nothing. */
export async function send(
  type: "display_data" | "update_display_data",
  data: Bundle,
  transient: Readonly<Record<string, string>> = {},
): Promise<void> {
  const image = data["image/png"];
  const metadata = image === undefined ? {} : { "image/png": pngSize(image) };
  await kernel?.broadcast(type, { data, metadata, transient });
}

/** The density of images shown one to one: 72 pixels per inch, here in pixels per meter. */
const baseDensity = 72 / 0.0254;

/**
 * Computes the size at which to show a PNG file, in pixels of the page: its size divided by its pixel
 * density.
 *
 * @param base64 The file in base 64.
 */
export function pngSize(base64: string): { width: number; height: number } {
  // Size and density are stored before the pixels.
  const bytes = Uint8Array.fromBase64(base64.slice(0, 4000));
  const view = new DataView(bytes.buffer);
  const scale = Math.max(1, density(view) / baseDensity);
  const [width, height] = [view.getUint32(16), view.getUint32(20)];
  return { width: Math.round(width / scale), height: Math.round(height / scale) };
}

/** The density from the chunk `pHYs` in pixels per meter; 0 if it is missing. */
function density(view: DataView): number {
  // A chunk is the length of its data, its type, the data and a checksum of four bytes.
  for (let at = 8; at + 16 <= view.byteLength; at += 12 + view.getUint32(at)) {
    const type = String.fromCharCode(...[4, 5, 6, 7].map((byte) => view.getUint8(at + byte)));
    if (type === "pHYs") return view.getUint32(at + 8);
    if (type === "IDAT") break;
  }
  return 0;
}
