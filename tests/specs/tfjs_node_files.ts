import { join } from "@std/path";
import { bmpFile, gifFile, jpegFile, pngFile } from "../engine/node/image_files.ts";
import {
  constant,
  type GraphNode,
  operation,
  placeholder,
  type Signature,
  tuple,
  writeSavedModel,
} from "../engine/node/write_saved_model.ts";

/**
 * Writes what tfjs-node's specs read, which its package lacks, to `test_objects/` in a folder: images of
 * the pixels that the specs expect, and SavedModels that compute what they expect.
 */
export async function writeTestObjects(folder: string): Promise<void> {
  const images = join(folder, "test_objects", "images");
  await Deno.mkdir(images, { recursive: true });
  const files = {
    "image_png_test.png": await pngFile(false),
    "image_png_4_channel_test.png": await pngFile(true),
    "image_bmp_test.bmp": bmpFile(),
    "image_jpeg_test.jpeg": await jpegFile(),
    "gif_test.gif": await gifFile(),
  };
  for (const [name, bytes] of Object.entries(files)) {
    await Deno.writeFile(join(images, name), bytes);
  }
  for (const [name, { nodes, signatures }] of Object.entries(models)) {
    await writeSavedModel(join(folder, "test_objects", "saved_model", name), nodes, signatures);
  }
}

interface Model {
  readonly nodes: readonly GraphNode[];
  readonly signatures: Readonly<Record<string, Signature>>;
}

const x = "serving_default_x", y = "serving_default_y", result = "StatefulPartitionedCall";

const models: Readonly<Record<string, Model>> = {
  times_three_float: times("float32", 3),
  times_two_int: times("int32", 2),
  uint8_multiply: times("uint8", 6),
  int64_multiply: times("int64", 6),
  module_with_multiple_signatures: {
    nodes: [
      placeholder(x, "float32"),
      constant("three", "float32", 3),
      constant("two", "float32", 2),
      operation(result, "Mul", "float32", x, "three"),
      operation(`${result}_1`, "Mul", "float32", x, "two"),
    ],
    signatures: {
      serving_default: signature("float32", { x }, [`${result}:0`]),
      timestwo: signature("float32", { x }, [`${result}_1:0`]),
    },
  },
  model_single_input_multi_output: {
    nodes: [
      placeholder(x, "int32"),
      constant("two", "int32", 2),
      operation("doubled", "Mul", "int32", x, "two"),
      ...tuple(result, "int32", "doubled", x),
    ],
    signatures: { serving_default: signature("int32", { x }, [`${result}:0`, `${result}:1`]) },
  },
  model_multi_output: {
    nodes: [
      placeholder(x, "int32"),
      placeholder(y, "int32"),
      constant("two", "int32", 2),
      operation("doubled", "Mul", "int32", x, "two"),
      ...tuple(result, "int32", "doubled", y),
    ],
    signatures: { serving_default: signature("int32", { x, y }, [`${result}:0`, `${result}:1`]) },
  },
};

function times(type: "float32" | "int32" | "uint8" | "int64", factor: number): Model {
  return {
    nodes: [
      placeholder(x, type),
      constant("factor", type, factor),
      operation(result, "Mul", type, x, "factor"),
    ],
    signatures: { serving_default: signature(type, { x }, [`${result}:0`]) },
  };
}

/** A signature whose outputs have the names that TensorFlow gives them. */
function signature(
  type: "float32" | "int32" | "uint8" | "int64",
  inputs: Readonly<Record<string, string>>,
  outputs: readonly string[],
): Signature {
  return {
    inputs: Object.fromEntries(
      Object.entries(inputs).map(([key, name]) => [key, [`${name}:0`, type]]),
    ),
    outputs: Object.fromEntries(
      outputs.map((name, index) => [`output_${index}`, [name, type]]),
    ),
  };
}
