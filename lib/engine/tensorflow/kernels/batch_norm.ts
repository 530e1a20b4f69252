import { tf } from "../../tf.ts";
import { flag, float, float32, text, typeOf } from "./attributes.ts";
import { runOpWithOutputs } from "./run.ts";

const shared = [float32, typeOf("U", "float32"), text("data_format", "NHWC")];

/** Outputs: y, batch mean, unbiased batch variance, and three tensors for the gradient. */
export const fusedBatchNormTraining: tf.KernelConfig = {
  kernelName: "FusedBatchNormTraining",
  backendName: "tensorflow",
  kernelFunc: ({ inputs, attrs }) => {
    const none = tf.tensor1d([]);
    const outputs = runOpWithOutputs(
      "FusedBatchNormV3",
      [...shared, float("epsilon", Number(attrs?.epsilon)), flag("is_training", true)],
      [inputs.x!, inputs.scale!, inputs.offset!, none, none],
      6,
    );
    none.dispose();
    return outputs;
  },
};

/** Outputs: the gradients of x, scale and offset. */
export const fusedBatchNormTrainingGradient: tf.KernelConfig = {
  kernelName: "FusedBatchNormTrainingGrad",
  backendName: "tensorflow",
  kernelFunc: ({ inputs, attrs }) => {
    const { dy, x, scale, reserve1, reserve2, reserve3 } = inputs;
    const outputs = runOpWithOutputs(
      "FusedBatchNormGradV3",
      [...shared, float("epsilon", Number(attrs?.epsilon)), flag("is_training", true)],
      [dy!, x!, scale!, reserve1!, reserve2!, reserve3!],
      5,
    );
    for (const unused of outputs.slice(3)) unused.dispose();
    return outputs.slice(0, 3);
  },
};
