import assert from "node:assert/strict";
import { resolvePrecision } from "../../lib/engine/precision.ts";

const onProcessor = { name: "tensorflow", devices: ["CPU"] } as const;
const onCards = { name: "tensorflow", devices: ["CPU", "GPU"] } as const;
const has = (features: string[], capabilities: number[] = []): Parameters<
  typeof resolvePrecision
>[2] => ({ features, capabilities });

Deno.test("resolvePrecision() takes bfloat16 where the hardware computes in it", () => {
  const precisions = [
    resolvePrecision("auto", onProcessor, has(["avx2", "avx512f"])),
    resolvePrecision("auto", onProcessor, has(["avx512_bf16"])),
    resolvePrecision("auto", onProcessor, has(["amx_bf16"])),
    resolvePrecision("auto", onCards, has(["avx512_bf16"], [7.5])),
    resolvePrecision("auto", onCards, has([], [8])),
    resolvePrecision("float32", onCards, has([], [9])),
  ].map(({ precision }) => precision);
  assert.deepEqual(precisions, [
    ...["float32", "bfloat16", "bfloat16"],
    ...["float32", "bfloat16", "float32"],
  ]);
});

Deno.test("resolvePrecision() says where bfloat16 does not pay, and refuses where there is none", () => {
  const slow = resolvePrecision("bfloat16", onProcessor, has(["avx2"]));
  assert.equal(slow.precision, "bfloat16");
  assert.match(slow.note ?? "", /CPU only emulates bfloat16: .* slower/);
  assert.equal(resolvePrecision("bfloat16", onCards, has([], [9])).note, undefined);
  const wasm = { name: "wasm", devices: ["CPU"] } as const;
  assert.equal(resolvePrecision("auto", wasm, has(["avx512_bf16"])).precision, "float32");
  assert.throws(
    () => resolvePrecision("bfloat16", wasm, has(["avx512_bf16"])),
    /^OptionError: precision must be float32 on the engine wasm\. Received: bfloat16$/,
  );
});
