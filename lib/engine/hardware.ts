import { cpus, totalmem } from "node:os";

/** The machine a run was made on. */
export interface Hardware {
  readonly os: string;
  readonly arch: string;
  readonly cpu: string;
  readonly cores: number;
  readonly memoryBytes: number;
  /** Instruction sets that decide speed and precision, where the system tells them. */
  readonly features: readonly string[];
}

/** The instruction sets worth knowing, by Linux's names. */
const notable = [
  "avx2",
  "fma",
  "avx512f",
  "avx512_vnni",
  "avx512_bf16",
  "amx_bf16",
  "asimd",
  "bf16",
];

/** Describes this machine. Never throws: what cannot be found out is left empty. */
export function describeHardware(): Hardware {
  return {
    os: Deno.build.os,
    arch: Deno.build.arch,
    cpu: cpus()[0]?.model.trim() ?? "unknown",
    cores: navigator.hardwareConcurrency,
    memoryBytes: totalmem(),
    features: cpuFeatures(),
  };
}

function cpuFeatures(): string[] {
  try {
    const text = Deno.readTextFileSync("/proc/cpuinfo");
    const listed = /^(?:flags|Features)\s*:\s*(.*)$/m.exec(text)?.[1]?.split(" ") ?? [];
    return notable.filter((feature) => listed.includes(feature));
  } catch {
    return [];
  }
}
