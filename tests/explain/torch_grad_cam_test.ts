import { tf } from "../../lib/engine/tf.ts";
import { testWithTensorFlow } from "../engine/tensorflow/support.ts";
import { assertExplainsAs, goldenCases } from "./formula_net.ts";

for (const tested of goldenCases) {
  const { configuration, inputSize } = tested.network;
  const name = `gives PyTorch's maps and gradients for ${configuration} at ${inputSize} pixels`;
  Deno.test(`Grad-CAM in plain JavaScript ${name}`, async () => {
    await tf.setBackend("cpu");
    await assertExplainsAs(tested, tested);
  });
  testWithTensorFlow(`Grad-CAM in TensorFlow ${name}`, async () => {
    await tf.setBackend("tensorflow");
    await assertExplainsAs(tested, tested);
  });
}
