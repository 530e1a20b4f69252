import type { Bundle } from "../display/bundle.ts";
import { tableBundle } from "../display/table.ts";
import type { tf } from "../engine/tf.ts";

/** What a model looks like in a notebook: a table of its layers. */
export function modelBundle(model: tf.LayersModel): Bundle {
  const counts = model.layers.map((layer) => layer.countParams());
  return tableBundle({
    title: model.name,
    columns: ["layer", "kind", "output", "parameters"],
    rows: model.layers.map((layer, index) => [
      layer.name,
      layer.getClassName(),
      (layer.outputShape as (number | null)[]).slice(1).join(" × "),
      counts[index]!,
    ]),
    foot: ["", "", "", counts.reduce((sum, count) => sum + count, 0)],
  });
}
