import { normalizeBytes } from "../../lib/data/augment/mod.ts";
import { tf } from "../../lib/engine/tf.ts";
import type { Net } from "../../lib/weights/net.ts";
import { formulaValues } from "./formula.ts";

/** Returns what a net computes for the two images of tests/peers/keras_files.py, a row for each. */
export async function pixelOutputs(
  { model, normalization }: Pick<Net, "model" | "normalization">,
  size: number,
  channels = 3,
): Promise<number[][]> {
  const values = formulaValues(2 * size * size * channels, 1000);
  const bytes = Uint8Array.from(values, (value) => Math.floor((value + 1) * 128));
  const floats = new Float32Array(bytes.length);
  if (channels === 3) normalizeBytes(bytes, floats, normalization);
  else {
    const { mean: [mean], deviation: [deviation] } = normalization;
    bytes.forEach((byte, at) => floats[at] = (byte - mean) / deviation);
  }
  const images = tf.tensor4d(floats, [2, size, size, channels]);
  const outputs = model.predict(images) as tf.Tensor;
  const rows = outputs.reshape([2, -1]) as tf.Tensor2D;
  try {
    return await rows.array();
  } finally {
    tf.dispose([images, outputs, rows]);
  }
}
