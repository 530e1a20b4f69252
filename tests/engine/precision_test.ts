import assert from "node:assert/strict";
import {
  type PrecisionSupport,
  repeatedPrecision,
  resolvePrecision,
} from "../../lib/engine/precision.ts";

const cpu = { name: "tensorflow", devices: ["CPU"] } as const;
const gpu = { name: "tensorflow", devices: ["CPU", "GPU"] } as const;
const has = (features: string[], capabilities: number[] = []): PrecisionSupport => ({
  features,
  capabilities,
});

Deno.test("resolvePrecision() chooses bfloat16 if the hardware computes in it", () => {
  const precisions = [
    resolvePrecision("auto", cpu, has(["avx2", "avx512f"])),
    resolvePrecision("auto", cpu, has(["avx512_bf16"])),
    resolvePrecision("auto", cpu, has(["amx_bf16"])),
    resolvePrecision("auto", gpu, has(["avx512_bf16"], [7.5])),
    resolvePrecision("auto", gpu, has([], [8])),
    resolvePrecision("float32", gpu, has([], [9])),
  ].map(({ precision }) => precision);
  assert.deepEqual(precisions, [
    ...["float32", "bfloat16", "bfloat16"],
    ...["float32", "bfloat16", "float32"],
  ]);
});

Deno.test("repeatedPrecision() is the recorded one where the hardware computes in it", () => {
  const native = has(["avx512_bf16"]);
  assert.equal(repeatedPrecision("bfloat16", cpu, native), "bfloat16");
  assert.equal(repeatedPrecision("bfloat16", cpu, has(["avx2"])), "float32");
  assert.equal(repeatedPrecision("bfloat16", { ...cpu, name: "wasm" }, native), "float32");
  assert.equal(repeatedPrecision("bfloat16", undefined, native), "float32");
  assert.equal(repeatedPrecision("float32", cpu, native), "float32");
  assert.equal(repeatedPrecision(undefined, cpu, native), "float32");
});

Deno.test("resolvePrecision() heeds the variables that keep oneDNN from bfloat16", () => {
  const cases = [
    ["TF_ENABLE_ONEDNN_OPTS", "0"],
    ["ONEDNN_MAX_CPU_ISA", "AVX2"],
    ["DNNL_MAX_CPU_ISA", "AVX512_CORE"],
  ] as const;
  const before = cases.map(([name]) => [name, Deno.env.get(name)] as const);
  try {
    for (const [name, value] of cases) {
      for (const [other] of cases) Deno.env.delete(other);
      Deno.env.set(name, value);
      assert.deepEqual(resolvePrecision("auto", cpu), { precision: "float32" });
      assert.throws(() => resolvePrecision("bfloat16", cpu), {
        name: "OptionError",
        message: `precision must be float32 while ${name}=${value} is set. Received: bfloat16`,
      });
    }
  } finally {
    for (const [name, value] of before) {
      if (value === undefined) Deno.env.delete(name);
      else Deno.env.set(name, value);
    }
  }
});

Deno.test("resolvePrecision() warns of emulated bfloat16, and refuses it on other engines", () => {
  const slow = resolvePrecision("bfloat16", cpu, has(["avx2"]));
  assert.equal(slow.precision, "bfloat16");
  assert.match(slow.note ?? "", /CPU only emulates bfloat16: .* slower/);
  assert.equal(resolvePrecision("bfloat16", gpu, has([], [9])).note, undefined);
  const wasm = { name: "wasm", devices: ["CPU"] } as const;
  assert.equal(resolvePrecision("auto", wasm, has(["avx512_bf16"])).precision, "float32");
  assert.throws(
    () => resolvePrecision("bfloat16", wasm, has(["avx512_bf16"])),
    /^OptionError: precision must be float32 on the engine wasm\. Received: bfloat16$/,
  );
});
