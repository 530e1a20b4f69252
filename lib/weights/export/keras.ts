import type { Group } from "h5wasm";
import type { DescribedWeights } from "../describe.ts";
import { writeHdf5 } from "../keras/hdf5.ts";
import { writeMetadata } from "../keras/keras_metadata.ts";
import { exportMetadata } from "./input.ts";
import { kerasModel } from "./keras_model.ts";

/** The version whose format the configuration has. */
const kerasVersion = "2.15.0";

/** Writes a whole model in Keras's `.h5` format, for `keras.models.load_model(PATH)`. */
export async function exportKeras(
  { arrays, description }: DescribedWeights,
  path: string,
): Promise<void> {
  const model = kerasModel(description.network);
  await writeHdf5(path, async (file) => {
    const config = { model_config: JSON.stringify(model), ...versions };
    for (const [name, text] of Object.entries(config)) file.create_attribute(name, text);
    writeMetadata(file, exportMetadata(description));
    const root = file.create_group("model_weights");
    for (const [name, text] of Object.entries(versions)) root.create_attribute(name, text);
    const layers = model.config.layers.map(({ config }) => config.name);
    root.create_attribute("layer_names", layers);
    for (const layer of layers) {
      const layerArrays = [...arrays].filter(([name]) => name.startsWith(`${layer}/`));
      const group = root.create_group(layer);
      listWeights(group, layerArrays.map(([name]) => `${name}:0`));
      if (layerArrays.length === 0) continue;
      const inner = group.create_group(layer);
      for (const [name, { shape, read }] of layerArrays) {
        inner.create_dataset({
          name: `${name.slice(layer.length + 1)}:0`,
          data: await read(),
          shape: [...shape],
          dtype: "<f4",
        });
      }
    }
  });
}

const versions = { keras_version: kerasVersion, backend: "tensorflow" };

/** Writes an empty list as numbers, because h5wasm cannot write an empty list of strings; Keras reads both. */
function listWeights(group: Group, names: string[]): void {
  if (names.length > 0) group.create_attribute("weight_names", names);
  else group.create_attribute("weight_names", new Float64Array(), [0], "<d");
}
