import { tf } from "../../tf.ts";
import { text, typeOf } from "./attributes.ts";
import { runOp } from "./run.ts";

/** `tf.image.transform`, which tfjs-node lacks. */
export const transform: tf.KernelConfig = {
  kernelName: "Transform",
  backendName: "tensorflow",
  kernelFunc: ({ inputs, attrs }) => {
    const { image, transforms } = inputs;
    const { interpolation, fillMode, fillValue, outputShape } =
      attrs as unknown as tf.TransformAttrs;
    const size = tf.tensor1d(outputShape ?? image!.shape.slice(1, 3), "int32");
    const fill = tf.scalar(fillValue);
    const result = runOp("ImageProjectiveTransformV3", [
      typeOf("dtype", "float32"),
      text("interpolation", interpolation.toUpperCase()),
      text("fill_mode", fillMode.toUpperCase()),
    ], [image!, transforms!, size, fill]);
    size.dispose();
    fill.dispose();
    return result;
  },
};

/**
 * `tf.image.rotateWithOffset`, which tfjs-node lacks. The fill is a number, or one for each color; a
 * fourth channel is then opaque.
 */
export const rotateWithOffset: tf.KernelConfig = {
  kernelName: "RotateWithOffset",
  backendName: "tensorflow",
  kernelFunc: ({ inputs, attrs }) => {
    const image = inputs.image as tf.Tensor4D;
    const { radians, fillValue, center } = attrs as unknown as tf.RotateWithOffsetAttrs;
    const [, height, width, channels] = image.shape;
    const [x, y] = tf.backend_util.getImageCenter(center, height, width);
    const [cosine, sine] = [Math.cos(radians), Math.sin(radians)];
    return tf.tidy(() => {
      // From a place in the result to one in the image.
      const places = tf.tensor2d([[
        ...[cosine, -sine, x - cosine * x + sine * y],
        ...[sine, cosine, y - sine * x - cosine * y],
        ...[0, 0],
      ]]);
      const rotated = (of: tf.Tensor4D, fill: number): tf.Tensor4D =>
        tf.image.transform(of, places, "nearest", "constant", fill);
      if (typeof fillValue === "number") return rotated(image, fillValue);
      const fills = [...fillValue, opaque].slice(0, channels);
      return tf.where(rotated(tf.onesLike(image), 0).cast("bool"), rotated(image, 0), fills);
    });
  },
};

const opaque = 255;
