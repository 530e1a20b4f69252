import type { Bundle } from "../display/bundle.ts";
import { kernel } from "./kernel.ts";
import { pngSize } from "./png_size.ts";

/** A place in a cell's output whose content is replaced while the cell runs; nothing elsewhere. */
export class LiveOutput {
  readonly #id = crypto.randomUUID();
  #shown = false;

  /**
   * Puts something in the place. It must not be Plotly's JSON, which JupyterLab does not draw anew.
   */
  async put(bundle: Bundle): Promise<void> {
    const type = this.#shown ? "update_display_data" : "display_data";
    this.#shown = true;
    await send(type, bundle, { display_id: this.#id });
  }
}

/** Sends what something looks like to the running cell; nothing happens outside Jupyter. */
export async function send(
  type: "display_data" | "update_display_data",
  data: Bundle,
  transient: Readonly<Record<string, string>> = {},
): Promise<void> {
  const image = data["image/png"];
  const metadata = image === undefined ? {} : { "image/png": pngSize(image) };
  await kernel?.broadcast(type, { data, metadata, transient });
}
