import { OptionError } from "../errors.ts";
import type { Precision } from "./compile.ts";
import { computeCapabilities, cpuFeatures } from "./hardware.ts";
import type { Engine } from "./engine.ts";

/** CPU features for bfloat16 multiplication, which oneDNN uses. */
const bfloat16Features = ["avx512_bf16", "amx_bf16"];
/** What limits oneDNN to some instruction sets, and the limits that leave it bfloat16. */
const isaVariables = ["ONEDNN_MAX_CPU_ISA", "DNNL_MAX_CPU_ISA"] as const;
const bfloat16Limits = /^(?:ALL|DEFAULT|AVX512_CORE_(?:BF16|FP16|AMX).*|AVX10.*)$/i;
/** NVIDIA GPUs multiply in bfloat16 from Ampere on. */
const minBfloat16Capability = 8;

/** What decides whether the hardware computes in bfloat16. */
export interface PrecisionSupport {
  /** CPU features, by Linux's names. */
  readonly features: readonly string[];
  /** NVIDIA's compute capability of each GPU. */
  readonly capabilities: readonly number[];
  /** The environment variable, with its value, that keeps oneDNN from bfloat16 on the CPU. */
  readonly disabledBy?: string;
}

/**
 * Decides the precision of an engine. `auto` is bfloat16 if the hardware computes in it, and float32
 * otherwise.
 *
 * @returns The precision, and a line for the user if the hardware only emulates it.
 * @throws {OptionError} If the engine does not have the precision, or an environment variable turns it
 *   off.
 */
export function resolvePrecision(
  requested: "auto" | Precision,
  engine: Pick<Engine, "name" | "devices">,
  support: PrecisionSupport = detectSupport(),
): { precision: Precision; note?: string } {
  if (engine.name !== "tensorflow") {
    if (requested !== "bfloat16") return { precision: "float32" };
    throw new OptionError(
      `precision must be float32 on the engine ${engine.name}. Received: ${requested}`,
    );
  }
  const onGPU = engine.devices.includes("GPU");
  const isNative = onGPU
    ? support.capabilities.some((capability) => capability >= minBfloat16Capability)
    : !support.disabledBy &&
      support.features.some((feature) => bfloat16Features.includes(feature));
  if (requested === "auto") return { precision: isNative ? "bfloat16" : "float32" };
  if (requested === "float32" || isNative) return { precision: requested };
  if (!onGPU && support.disabledBy) {
    throw new OptionError(
      `precision must be float32 while ${support.disabledBy} is set. Received: ${requested}`,
    );
  }
  const device = onGPU ? "GPU" : "CPU";
  return {
    precision: requested,
    note: `this ${device} only emulates bfloat16: it will be many times slower than float32`,
  };
}

/**
 * The precision in which to repeat what a net computed elsewhere: its own, or float32 if this engine only
 * emulates that.
 *
 * @param engine Without one, float32.
 */
export function repeatedPrecision(
  recorded: Precision = "float32",
  engine?: Pick<Engine, "name" | "devices">,
  support?: PrecisionSupport,
): Precision {
  if (recorded === "float32" || !engine) return "float32";
  return resolvePrecision("auto", engine, support).precision;
}

function detectSupport(): PrecisionSupport {
  const disabledBy = bfloat16Disabled();
  return {
    features: cpuFeatures(),
    capabilities: computeCapabilities(),
    ...(disabledBy ? { disabledBy } : {}),
  };
}

/** The environment variable, with its value, that keeps oneDNN from bfloat16. */
function bfloat16Disabled(): string | undefined {
  if (Deno.env.get("TF_ENABLE_ONEDNN_OPTS") === "0") return "TF_ENABLE_ONEDNN_OPTS=0";
  for (const name of isaVariables) {
    const limit = Deno.env.get(name);
    if (limit && !bfloat16Limits.test(limit)) return `${name}=${limit}`;
  }
  return undefined;
}
