import { join } from "@std/path";
import type { tf } from "../../lib/engine/tf.ts";
import { buildVGG } from "../../lib/vgg/build.ts";
import type { VGGOptions } from "../../lib/vgg/options.ts";
import { describeWeights } from "../../lib/weights/describe.ts";
import { exportWeights } from "../../lib/weights/export/export_weights.ts";
import { writeHdf5 } from "../../lib/weights/keras/hdf5.ts";
import { openWeights } from "../../lib/weights/open_weights.ts";
import { writeSafetensors } from "../../lib/weights/safetensors/write_safetensors.ts";
import { saveWeights } from "../../lib/weights/weights.ts";
import { setFormulaWeights } from "../peers/formula.ts";
import { readAll } from "./read_all.ts";

/** The paths of files with one net each, without a description. */
export interface UndescribedFiles {
  /** With Keras's names. */
  readonly keras: string;
  /** With torchvision's names. */
  readonly torchvision: string;
  /** With this library's names. */
  readonly library: string;
}

/** Writes a net for 32 px, with a formula's weights, to files as frameworks do. The engine must be ready. */
export async function writeUndescribed(
  folder: string,
  network: VGGOptions = { classes: 1000 },
): Promise<UndescribedFiles> {
  const model = buildVGG({ configuration: "A", width: 1 / 16, inputSize: 32, ...network });
  setFormulaWeights(model);
  const [keras, torchvision, library, described] = [
    "keras.h5",
    "torchvision.safetensors",
    "library.safetensors",
    "described.safetensors",
  ].map((name) => join(folder, name)) as [string, string, string, string];
  await saveWeights(model, library);
  await writeKeras(keras, model);
  using weights = describeWeights(await openWeights(library), { inputSize: 32 });
  await exportWeights(weights, "torchvision", described);
  const arrays = await readAll(described);
  const shapes = new Map([...arrays].map(([name, { shape }]) => [name, shape]));
  await writeSafetensors(torchvision, shapes, (name) => Promise.resolve(arrays.get(name)!.values));
  model.dispose();
  return { keras, torchvision, library };
}

/** Writes a `.h5` file in the layout of Keras's `save_weights`. */
async function writeKeras(path: string, { layers }: tf.LayersModel): Promise<void> {
  await writeHdf5(path, async (file) => {
    file.create_attribute("layer_names", layers.map(({ name }) => name));
    for (const { name: layer, weights } of layers) {
      const group = file.create_group(layer);
      if (weights.length === 0) continue;
      const names = weights.map(({ originalName }) => originalName.split("/").at(-1)!);
      group.create_attribute("weight_names", names.map((name) => `${layer}/${name}:0`));
      const inner = group.create_group(layer);
      for (const [index, weight] of weights.entries()) {
        const [data, shape] = [await weight.read().data<"float32">(), [
          ...weight.shape as number[],
        ]];
        inner.create_dataset({ name: `${names[index]}:0`, data, shape, dtype: "<f4" });
      }
    }
  });
}
