import { tf } from "../../tf.ts";
import { typeOf } from "./attributes.ts";
import { runOp } from "./run.ts";

/** Uniform numbers in [0, 1) that depend only on the two integers of `seed`. */
export const statelessRandomUniform: tf.KernelConfig = {
  kernelName: "StatelessRandomUniform",
  backendName: "tensorflow",
  kernelFunc: ({ inputs, attrs }) => {
    const shape = tf.tensor1d(attrs?.shape as number[], "int32");
    const attributes = [
      typeOf("dtype", "float32"),
      typeOf("T", "int32"),
      typeOf("Tseed", "int32"),
    ];
    const values = runOp("StatelessRandomUniform", attributes, [shape, inputs.seed!]);
    shape.dispose();
    return values;
  },
};
