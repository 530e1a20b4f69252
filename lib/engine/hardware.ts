import { cpus, totalmem } from "node:os";

/** The machine a run was made on. */
export interface Hardware {
  readonly os: string;
  readonly arch: string;
  readonly cpu: string;
  readonly cores: number;
  /** On how many threads TensorFlow was told to compute an operation, where it was told. */
  readonly threads?: number;
  readonly memoryBytes: number;
  /** Instruction sets that decide speed and precision, where the system tells them. */
  readonly features: readonly string[];
  /** NVIDIA cards by name, if there are any. */
  readonly gpu?: readonly string[];
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

/**
 * Describes this machine. Never throws: what cannot be found out is left empty.
 *
 * @example
 * ```ts
 * const { cpu, cores, features } = describeHardware();
 * console.log(`${cpu}, ${cores} cores, ${features.join(" ")}`);
 * ```
 */
export function describeHardware(): Hardware {
  const cards = graphicsCards();
  const threads = Number(Deno.env.get("TF_NUM_INTRAOP_THREADS") ?? 0);
  return {
    os: Deno.build.os,
    arch: Deno.build.arch,
    cpu: cpus()[0]?.model.trim() || "unknown",
    cores: navigator.hardwareConcurrency,
    ...(threads > 0 ? { threads } : {}),
    memoryBytes: totalmem(),
    features: cpuFeatures(),
    ...(cards.length > 0 ? { gpu: cards } : {}),
  };
}

/** A card, as NVIDIA's driver describes it. */
interface Card {
  readonly name: string;
  readonly capability: number;
}

let knownCards: readonly Card[] | undefined;

/** Asks the driver once: each time may take a second. */
function listCards(): readonly Card[] {
  return knownCards ??= queryCards("name,compute_cap").map((line) => {
    const end = line.lastIndexOf(",");
    return { name: line.slice(0, end).trim(), capability: Number(line.slice(end + 1)) };
  });
}

/** The names of the NVIDIA cards that the driver knows; none where there is no driver. */
export function graphicsCards(): string[] {
  return listCards().map(({ name }) => name);
}

/** NVIDIA's compute capability of each card, such as 8.6. */
export function computeCapabilities(): number[] {
  return listCards().map(({ capability }) => capability);
}

/** The free memory of the card that has least of it, in bytes; nothing where there is no card. */
export function freeGraphicsMemory(): number | undefined {
  const mebibytes = queryCards("memory.free").map(Number.parseFloat).filter(Number.isFinite);
  return mebibytes.length > 0 ? Math.min(...mebibytes) * 2 ** 20 : undefined;
}

/** A line for each card. */
function queryCards(properties: string): string[] {
  const listed = outputOf("nvidia-smi", [`--query-gpu=${properties}`, "--format=csv,noheader"]);
  return listed.split("\n").map((line) => line.trim()).filter(Boolean);
}

/** What a program prints; nothing where there is none, it fails, or this process may not run it. */
function outputOf(program: string, args: string[] = []): string {
  try {
    const command = new Deno.Command(program, { args, env: { LC_ALL: "C" }, stderr: "null" });
    const { success, stdout } = command.outputSync();
    return success ? new TextDecoder().decode(stdout) : "";
  } catch {
    return "";
  }
}

let knownFeatures: readonly string[] | undefined;

/** The instruction sets that decide speed and precision; none where the system does not tell. */
export function cpuFeatures(): readonly string[] {
  return knownFeatures ??= readFeatures();
}

function readFeatures(): string[] {
  if (Deno.build.os !== "linux") return [];
  const listed = /^(?:flags|features)\s*:\s*(.*)$/im.exec(processorText())?.[1]?.split(" ") ?? [];
  return notable.filter((feature) => listed.includes(feature));
}

/** Deno lets nobody read in /proc who has not all permissions; `lscpu` tells the same. */
function processorText(): string {
  try {
    return Deno.readTextFileSync("/proc/cpuinfo");
  } catch {
    return outputOf("lscpu");
  }
}
