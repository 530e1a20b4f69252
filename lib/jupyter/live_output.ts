import { type Bundle, metadataType } from "../display/bundle.ts";
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
  { [metadataType]: metadata, ...data }: Bundle,
  transient: Readonly<Record<string, string>> = {},
): Promise<void> {
  await kernel?.broadcast(type, { data, metadata: metadata ?? {}, transient });
}
