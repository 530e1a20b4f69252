import { join } from "@std/path";
import { replaceFile } from "../../files/replace_file.ts";
import type { DescribedWeights } from "../describe.ts";
import { exportMetadata } from "./input.ts";
import { kerasModel } from "./keras_model.ts";

/** Writes a folder for `tf.loadLayersModel(".../model.json")` in a browser. */
export async function exportTfjs(
  { arrays, description }: DescribedWeights,
  folder: string,
): Promise<void> {
  const file = "weights.bin";
  const manifest = [...arrays].map(([name, { shape }]) => ({ name, shape, dtype: "float32" }));
  const model = {
    format: "layers-model",
    generatedBy: "vgg",
    modelTopology: kerasModel(description.network),
    weightsManifest: [{ paths: [file], weights: manifest }],
    userDefinedMetadata: exportMetadata(description),
  };
  await replaceFile(join(folder, file), values());
  await replaceFile(join(folder, "model.json"), JSON.stringify(model));

  async function* values(): AsyncIterable<Uint8Array> {
    for (const { read } of arrays.values()) {
      const { buffer, byteOffset, byteLength } = await read();
      yield new Uint8Array(buffer, byteOffset, byteLength);
    }
  }
}
