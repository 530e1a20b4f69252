import { tf } from "../../engine/tf.ts";
import { type RandomStream, randomStream } from "../../random/stream.ts";
import type { Batch } from "../pipeline/batches.ts";
import type { Paper } from "./augmentation.ts";
import type { Augmenter, Parameter } from "./augmenter.ts";
import type { ColorStatistics } from "./colors.ts";
import type { Normalization } from "./normalize.ts";
import { principalAxes, type PrincipalAxis } from "./pca.ts";

/**
 * The paper's augmentation (section 3.1). `batches` already made the crop and mirrored it (see
 * `cropFor`); here the crops of other scales are resized in one operation, and the colors are shifted as
 * by Krizhevsky et al. (2012, section 4.1): each image by one random amount along each principal axis of
 * the training set's colors.
 *
 * That amount is `colorShift` × a normal random number × the axis's variance, in units where white is
 * 1. Only in these units does the wording of the paper give a moderate shift: about 4 of 255 for
 * ImageNet.
 *
 * @param normalization The normalization of the pixels, which comes before the shift.
 * @param colors The colors of the training set; required if `colorShift` is not 0.
 * @throws {RangeError} If `colors` is required and missing.
 */
export function paperAugmenter(
  paper: Paper,
  { deviation }: Normalization,
  colors?: ColorStatistics,
): Augmenter {
  if (paper.colorShift !== 0 && !colors) {
    throw new RangeError("a color shift needs the color statistics of the training set");
  }
  const axes = colors ? principalAxes(colors.covariance) : [];
  const resizes = paper.shortestSide[0] !== paper.shortestSide[1];
  return {
    sample: ({ length, size, pixels, crops, indices }: Batch, seed) => {
      const parameters: Parameter[] = [];
      if (resizes) {
        if (!crops) throw new RangeError("batches must be made with the augmentation's crop");
        parameters.push({ shape: [length, 4], values: crops.boxes });
      }
      if (paper.colorShift !== 0) {
        const values = drawShifts(
          Array.from(indices, (index) => randomStream("colour", seed, index)),
          axes,
          paper.colorShift,
        );
        values.forEach((value, at) => values[at] = value / (deviation[at % 3] ?? 1));
        parameters.push({ shape: [length, 1, 1, 3], values });
      }
      return { length, size, pixels, parameters };
    },
    apply: (images, parameters) => {
      const [boxes] = resizes ? parameters : [];
      const shift = parameters[resizes ? 1 : 0];
      const cropped = boxes ? resizeCrops(images, boxes, paper.crop) : images;
      return shift ? cropped.add(shift) : cropped;
    },
  };
}

function resizeCrops(images: tf.Tensor4D, boxes: tf.Tensor, size: number): tf.Tensor4D {
  const count = images.shape[0];
  const numbers = tf.range(0, count, 1, "int32");
  return tf.image.cropAndResize(images, boxes.as2D(count, 4), numbers, [size, size], "bilinear");
}

/** Draws the shifts of red, green and blue in units of 0 to 255, three for each image's stream. */
function drawShifts(
  streams: readonly RandomStream[],
  axes: readonly PrincipalAxis[],
  deviation: number,
): Float32Array<ArrayBuffer> {
  const values = new Float32Array(streams.length * 3);
  streams.forEach((random, position) => {
    for (const { direction, variance } of axes) {
      // In units of 0 to 1 the variance is variance / 255²; × 255 converts the shift back.
      const amount = random.normal() * deviation * variance / 255;
      direction.forEach((part, channel) => {
        values[position * 3 + channel] = (values[position * 3 + channel] ?? 0) + part * amount;
      });
    }
  });
  return values;
}
