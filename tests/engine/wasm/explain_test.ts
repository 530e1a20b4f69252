import { useEngine } from "../../../lib/engine/use_engine.ts";
import { tf } from "../../../lib/engine/tf.ts";
import { assertExplainsAs, goldenCases } from "../../explain/formula_net.ts";

for (const tested of goldenCases) {
  const { configuration, inputSize } = tested.network;
  Deno.test(`WebAssembly explains ${configuration} at ${inputSize} pixels as PyTorch does`, async () => {
    await useEngine({ engine: "wasm" });
    await tf.setBackend("wasm");
    await assertExplainsAs(tested, tested);
  });
}
