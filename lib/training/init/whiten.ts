import { eigenvectors } from "../../data/augment/pca.ts";
import { type Normalization, normalizeBytes } from "../../data/augment/mod.ts";
import type { PreparedSplit } from "../../data/pipeline/prepared_split.ts";
import { readImages } from "../../data/pipeline/read_images.ts";
import { tf } from "../../engine/tf.ts";
import { Whitening } from "../../vgg/layers/whitening.ts";

/** The maximum number of images: more hardly change the covariances. */
const maxImages = 5000;
/** Added to the variances, so that noise is not amplified (Jordan 2024). */
const epsilon = 5e-4;

/**
 * Sets the filters of a net's whitening layer, if it has one: each is an eigenvector of the covariance matrix of
 * the training images' patches, divided by its standard deviation, and the second half are the negatives of the
 * first. At most 5,000 evenly spaced images count, or those of the `statisticsSample`.
 *
 * @param train Squares of one size.
 */
export async function whiten(
  model: tf.LayersModel,
  train: PreparedSplit,
  normalization: Normalization,
): Promise<void> {
  const layer = model.layers.find((layer) => layer instanceof Whitening);
  if (!layer) return;
  // TensorFlow.js lists weights that train first.
  const [bias, kernel] = layer.getWeights() as [tf.Tensor, tf.Tensor4D];
  const [height, width, channels, filters] = kernel.shape;
  const axes = eigenvectors(await covarianceOf(train, normalization, height));
  const values = new Float32Array(kernel.size);
  axes.forEach(({ vector, value }, axis) =>
    vector.forEach((weight, row) => {
      const whitened = weight / Math.sqrt(value + epsilon);
      values[row * filters + axis] = whitened;
      values[row * filters + axes.length + axis] = -whitened;
    })
  );
  const whitening = tf.tensor4d(values, [height, width, channels, filters]);
  layer.setWeights([bias, whitening]);
  whitening.dispose();
}

/** The mean products of the values of patches, `[side · side · 3, side · side · 3]`. */
async function covarianceOf(
  train: PreparedSplit,
  normalization: Normalization,
  side: number,
): Promise<number[][]> {
  const length = side * side * 3;
  const sums = new Float64Array(length * length);
  const patch = new Float64Array(length);
  const every = Math.ceil(train.length / maxImages);
  let count = 0;
  const spaced = Array.from({ length: Math.ceil(train.length / every) }, (_, at) => at * every);
  for await (const { width, height, data } of readImages(train, train.statisticsSample ?? spaced)) {
    const pixels = new Float32Array(data.length);
    normalizeBytes(data, pixels, normalization);
    for (let top = 0; top <= height - side; top++) {
      for (let left = 0; left <= width - side; left++) {
        for (let row = 0; row < side; row++) {
          const start = ((top + row) * width + left) * 3;
          patch.set(pixels.subarray(start, start + side * 3), row * side * 3);
        }
        for (let one = 0; one < length; one++) {
          for (let other = 0; other < length; other++) {
            sums[one * length + other]! += patch[one]! * patch[other]!;
          }
        }
        count++;
      }
    }
  }
  const rows = [...patch.keys()];
  return rows.map((one) => rows.map((other) => sums[one * length + other]! / count));
}
