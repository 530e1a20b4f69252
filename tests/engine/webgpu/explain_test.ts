import { tf } from "../../../lib/engine/tf.ts";
import { useEngine } from "../../../lib/engine/use_engine.ts";
import { assertExplainsAs, goldenCases } from "../../explain/formula_net.ts";

const adapter = await navigator.gpu?.requestAdapter();

Deno.test({
  name: "explanations on WebGPU equal PyTorch's" + (adapter ? "" : " (skipped: no adapter)"),
  ignore: !adapter,
  // The device stays open for the life of the process.
  sanitizeResources: false,
  sanitizeOps: false,
  fn: async () => {
    await useEngine({ engine: "webgpu" });
    await tf.setBackend("webgpu");
    // Not D: two values under one pooling window are so close that rounding decides between them.
    const cases = goldenCases.filter(({ network }) => network.configuration !== "D");
    for (const golden of cases) await assertExplainsAs(golden, golden);
  },
});
