import { tf } from "../../../lib/engine/tf.ts";
import { useEngine } from "../../../lib/engine/use_engine.ts";
import { assertExplainsAs, goldenCases } from "../../explain/formula_net.ts";

for (const golden of goldenCases) {
  const { configuration, inputSize } = golden.network;
  Deno.test(`explanations of ${configuration} at ${inputSize} px on WebAssembly equal PyTorch's`, async () => {
    await useEngine({ engine: "wasm" });
    await tf.setBackend("wasm");
    await assertExplainsAs(golden, golden);
  });
}
