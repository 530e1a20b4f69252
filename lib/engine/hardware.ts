import { cpus, totalmem } from "node:os";
import { openLibc } from "../libc.ts";
import { programCommand } from "../linker_variables.ts";

/** The machine of a run. */
export interface Hardware {
  readonly os: string;
  readonly arch: string;
  readonly cpu: string;
  readonly cores: number;
  /** The threads per operation (`TF_NUM_INTRAOP_THREADS`), if TensorFlow was given a number. */
  readonly threads?: number;
  readonly memoryBytes: number;
  /** Instruction sets that decide speed and precision; empty if the system does not list them. */
  readonly features: readonly string[];
  /** The names of the NVIDIA GPUs, if there are any. */
  readonly gpu?: readonly string[];
  /** The environment variables that decide how TensorFlow and its libraries compute, as far as set. */
  readonly environment?: Readonly<Record<string, string>>;
}

/** Environment variables on which the last bits of a result may depend. */
export const decisiveVariables: readonly string[] = [
  "TF_ENABLE_ONEDNN_OPTS",
  "ONEDNN_MAX_CPU_ISA",
  "DNNL_MAX_CPU_ISA",
  "ONEDNN_CPU_ISA_HINTS",
  "DNNL_CPU_ISA_HINTS",
  "TF_ENABLE_MKL_NATIVE_FORMAT",
  "ONEDNN_DEFAULT_FPMATH_MODE",
  "DNNL_DEFAULT_FPMATH_MODE",
  "TF_ONEDNN_ASSUME_FROZEN_WEIGHTS",
  "TF_NUM_INTEROP_THREADS",
  "OMP_NUM_THREADS",
  "TF_DETERMINISTIC_OPS",
  "TF_CUDNN_DETERMINISTIC",
  "TF_CUDNN_USE_FRONTEND",
  "TF_CUDNN_USE_AUTOTUNE",
  "TF_DISABLE_CUDNN_TENSOR_OP_MATH",
  "CUBLAS_WORKSPACE_CONFIG",
  "NVIDIA_TF32_OVERRIDE",
  "TF_ENABLE_CUBLAS_TENSOR_OP_MATH_FP32",
  "TF_XLA_FLAGS",
  "XLA_FLAGS",
];

/** The instruction sets that matter, by Linux's names, for each of Deno's names of architectures. */
const relevantFeatures: Readonly<Record<string, readonly string[]>> = {
  x86_64: ["avx2", "fma", "avx512f", "avx512_vnni", "avx512_bf16", "amx_bf16"],
  aarch64: ["asimd", "bf16"],
};

/**
 * Describes this machine. Never throws: unknown properties are left out, empty or `unknown`.
 *
 * @example
 * ```ts
 * const { cpu, cores, features } = describeHardware();
 * console.log(`${cpu}, ${cores} cores, ${features.join(" ")}`);
 * ```
 */
export function describeHardware(): Hardware {
  const gpus = graphicsCards();
  const threads = Number(Deno.env.get("TF_NUM_INTRAOP_THREADS") ?? 0);
  return {
    os: Deno.build.os,
    arch: Deno.build.arch,
    cpu: cpus()[0]?.model.trim() || "unknown",
    cores: navigator.hardwareConcurrency,
    ...(threads > 0 ? { threads } : {}),
    memoryBytes: totalmem(),
    features: cpuFeatures(),
    ...(gpus.length > 0 ? { gpu: gpus } : {}),
    environment: Object.fromEntries(
      decisiveVariables.flatMap((name) => {
        const value = Deno.env.get(name);
        return value ? [[name, value]] : [];
      }),
    ),
  };
}

/** An NVIDIA GPU, as its driver describes it. */
interface Card {
  readonly name: string;
  readonly capability: number;
}

let cards: readonly Card[] | undefined;

/** Queries the driver only once, as each query may take a second. */
function listCards(): readonly Card[] {
  return cards ??= queryCards("name,compute_cap").map((line) => {
    const end = line.lastIndexOf(",");
    return { name: line.slice(0, end).trim(), capability: Number(line.slice(end + 1)) };
  });
}

/** The names of the NVIDIA GPUs; none without a driver. */
export function graphicsCards(): string[] {
  return listCards().map(({ name }) => name);
}

/** NVIDIA's compute capability of each GPU, such as 8.6. */
export function computeCapabilities(): number[] {
  return listCards().map(({ capability }) => capability);
}

/** The free memory of the GPU that has the least, in bytes; `undefined` without a GPU. */
export function freeGraphicsMemory(): number | undefined {
  const mebibytes = queryCards("memory.free").map(Number.parseFloat).filter(Number.isFinite);
  return mebibytes.length > 0 ? Math.min(...mebibytes) * 2 ** 20 : undefined;
}

/** Queries properties of the GPUs; one line of values for each. */
function queryCards(properties: string): string[] {
  const output = outputOf("nvidia-smi", [`--query-gpu=${properties}`, "--format=csv,noheader"]);
  return output.split("\n").map((line) => line.trim()).filter(Boolean);
}

/** A program's output; empty if it is missing, fails, or this process may not run it. */
function outputOf(program: string, args: readonly string[]): string {
  try {
    const options = { env: { LC_ALL: "C" }, stderr: "null" } as const;
    const { success, stdout } = programCommand(program, args, options).outputSync();
    return success ? new TextDecoder().decode(stdout) : "";
  } catch {
    return "";
  }
}

let features: readonly string[] | undefined;

/** The instruction sets that decide speed and precision; none if the system does not list them. */
export function cpuFeatures(): readonly string[] {
  return features ??= readFeatures();
}

function readFeatures(): string[] {
  return Deno.build.os === "linux" ? featuresIn(cpuInfo()) : [];
}

/**
 * The instruction sets that matter among those of a `/proc/cpuinfo`. Under emulation that describes the
 * machine outside, so that only those of this process's architecture count.
 */
export function featuresIn(cpuInfo: string, arch: string = Deno.build.arch): string[] {
  const listed = /^(?:flags|features)\s*:\s*(.*)$/im.exec(cpuInfo)?.[1]?.split(" ") ?? [];
  return (relevantFeatures[arch] ?? []).filter((feature) => listed.includes(feature));
}

/** Deno requires all permissions to read /proc; without them, the C library reads the file. */
function cpuInfo(): string {
  const path = "/proc/cpuinfo";
  try {
    return Deno.readTextFileSync(path);
  } catch {
    return readByLibc(path);
  }
}

/** The first megabyte of a file, read by the C library; empty without it or the permission for it. */
function readByLibc(path: string): string {
  try {
    const libc = openLibc({
      open: { parameters: ["buffer", "i32"], result: "i32" },
      read: { parameters: ["i32", "buffer", "usize"], result: "isize" },
      close: { parameters: ["i32"], result: "i32" },
    });
    const { open, read, close } = libc.symbols;
    const file = open(new TextEncoder().encode(`${path}\0`), 0);
    const bytes = new Uint8Array(2 ** 20);
    let length = 0;
    for (let count = 1; count > 0 && length < bytes.length; length += Math.max(0, count)) {
      count = Number(read(file, bytes.subarray(length), BigInt(bytes.length - length)));
    }
    close(file);
    libc.close();
    return new TextDecoder().decode(bytes.subarray(0, length));
  } catch {
    return "";
  }
}
