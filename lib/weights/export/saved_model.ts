import { join } from "@std/path";
import { replaceFile } from "../../files/replace_file.ts";
import { resolveVGGOptions } from "../../vgg/options.ts";
import type { DescribedWeights } from "../describe.ts";
import { dataTypes, frozenGraph, toShape } from "./frozen_graph.ts";
import { descriptionFile } from "../tensorflow/saved_model.ts";
import { tensorFlowType } from "../tensorflow/schema.ts";
import { exportMetadata } from "./input.ts";

/** The version of the graph's format, which TensorFlow reads since 2.0. */
const graphVersion = { producer: 175, min_consumer: 12 };

/**
 * Writes a SavedModel whose weights are constants of the graph, for `tf.saved_model.load(FOLDER)` and
 * TensorFlow Serving. The signature `serving_default` takes `images`, `[batch, size, size, channels]`, and
 * returns `probabilities`.
 */
export async function exportSavedModel(
  { arrays, description }: DescribedWeights,
  folder: string,
): Promise<void> {
  const options = resolveVGGOptions(description.network);
  const { inputSize, channels, classes } = options;
  const info = (name: string, lengths: number[]): object => ({
    name: `${name}:0`,
    dtype: dataTypes.float32,
    tensor_shape: toShape([-1, ...lengths]),
  });
  const signature = {
    inputs: { images: info("images", [inputSize, inputSize, channels]) },
    outputs: { probabilities: info("probabilities", [classes]) },
    method_name: "tensorflow/serving/predict",
  };
  const model = {
    saved_model_schema_version: 1,
    meta_graphs: [{
      meta_info_def: { tags: ["serve"], tensorflow_version: "2.0.0" },
      graph_def: { node: await frozenGraph(options, arrays), versions: graphVersion },
      signature_def: { serving_default: signature },
    }],
  };
  const type = tensorFlowType("SavedModel");
  await replaceFile(join(folder, descriptionFile), JSON.stringify(exportMetadata(description)));
  await replaceFile(join(folder, "saved_model.pb"), type.encode(model).finish());
}
