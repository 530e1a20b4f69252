import type { Engine } from "./use_engine.ts";
import type { Precision } from "./compile.ts";
import { computeCapabilities, cpuFeatures } from "./hardware.ts";

/** Processors with these multiply in bfloat16 themselves, and oneDNN uses them. */
const nativeFeatures = ["avx512_bf16", "amx_bf16"];
/** NVIDIA's cards from Ampere on do. */
const firstCapability = 8;

/** What computes in bfloat16 itself. */
export interface Native {
  readonly features: readonly string[];
  /** NVIDIA's compute capability of each card. */
  readonly capabilities: readonly number[];
}

/**
 * Decides in what an engine computes. `auto` is bfloat16 where the hardware has it, else float32.
 *
 * @returns The precision, and a line for people where it is one that does not pay.
 * @throws {RangeError} Where the engine has no such precision.
 */
export function resolvePrecision(
  wanted: "auto" | Precision,
  engine: Pick<Engine, "name" | "devices">,
  native: Native = findNative(),
): { precision: Precision; note?: string } {
  if (engine.name !== "tensorflow") {
    if (wanted !== "bfloat16") return { precision: "float32" };
    throw new RangeError(
      `precision must be float32 on the engine ${engine.name}. Received: ${wanted}`,
    );
  }
  const onCards = engine.devices.includes("GPU");
  const has = onCards
    ? native.capabilities.some((capability) => capability >= firstCapability)
    : native.features.some((feature) => nativeFeatures.includes(feature));
  if (wanted === "auto") return { precision: has ? "bfloat16" : "float32" };
  if (wanted === "float32" || has) return { precision: wanted };
  const what = onCards ? "card" : "processor";
  return {
    precision: wanted,
    note:
      `this ${what} does not compute in bfloat16 itself: it will be many times slower than float32`,
  };
}

function findNative(): Native {
  return { features: cpuFeatures(), capabilities: computeCapabilities() };
}
