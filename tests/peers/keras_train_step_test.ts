import { assertClose } from "../assert_close.ts";
import golden from "../vgg/golden/keras_train_step.json" with { type: "json" };
import { peersPython, runScript, testWithPeers } from "./environment.ts";

testWithPeers("Keras still gives the committed losses and logits of three steps", async () => {
  const python = await peersPython(["keras"]);
  const made: typeof golden = JSON.parse(await runScript(python, "keras_train_step.py", "print"));
  assertClose(made.losses, golden.losses, 1e-4);
  assertClose(made.logits.flat(), golden.logits.flat(), 5e-3);
});
