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
