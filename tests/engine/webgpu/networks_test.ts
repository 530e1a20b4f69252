import { useEngine } from "../../../lib/engine/use_engine.ts";
import type { VGGOptions } from "../../../lib/vgg/options.ts";
import { gradientsOn } from "../net_gradients.ts";
import { assertNear } from "../wasm/support.ts";

const adapter = await navigator.gpu?.requestAdapter();

/** All kinds of layers but the small head's pooling, as shaders compile slowly on software adapters. */
const options: VGGOptions = { configuration: "A-LRN", batchNorm: true, dropout: 0.5 };

Deno.test({
  name: "a training step on WebGPU has the gradients of plain JavaScript" +
    (adapter ? "" : " (skipped: no adapter)"),
  ignore: !adapter,
  // The device stays open for the life of the process.
  sanitizeResources: false,
  sanitizeOps: false,
  fn: async () => {
    await useEngine({ engine: "webgpu" });
    const [ours, plain] = [await gradientsOn("webgpu", options), await gradientsOn("cpu", options)];
    for (const [name, values] of plain) assertNear(ours.get(name)!, values, 1e-3, name);
  },
});
