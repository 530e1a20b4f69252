import { join } from "@std/path";
import type { NativeAddon } from "./native_addon.ts";
import { downloadsFolder, type Prepared, root } from "./prepare.ts";

/** What runs a program: this project's engines, or tfjs-node's own addon under Node. */
export const runnerNames = ["compiled", "eager", "native", "wasm", "cpu"] as const;
/** The name of a runner. */
export type RunnerName = typeof runnerNames[number];

/** How long something took. */
export interface Time {
  readonly calls: number;
  readonly seconds: number;
  /** Of all threads of the process. */
  readonly cpuSeconds: number;
}

/** What `observe.ts` measures. */
export interface Report {
  /** The whole program, after the engine has started. */
  readonly whole: Time;
  readonly fit: Time;
  readonly evaluate: Time;
  readonly predict: Time;
  /** Each step of training. */
  readonly steps: readonly Time[];
  /** At the end. */
  readonly tensors: number;
}

/** What a program did. */
export interface Outcome {
  readonly output: string;
  readonly success: boolean;
  /** Missing where the process did not end by itself. */
  readonly report?: Report;
}

/** Runs a program to its end, or for `limitSeconds`. */
export async function runProgram(
  { folder, file }: Prepared,
  { runner, words, addon, node, limitSeconds, steps, endsWithFit }: {
    readonly runner: RunnerName;
    readonly words: readonly string[];
    readonly addon?: NativeAddon | undefined;
    /** Node, in place of Deno, and a file that it loads before the program. */
    readonly node?: { readonly binary: string; readonly preload: string } | undefined;
    readonly limitSeconds: number;
    /** Steps after which a training ends. */
    readonly steps?: number | undefined;
    /** Whether the process ends with its first training. */
    readonly endsWithFit?: boolean;
  },
): Promise<Outcome> {
  const reportFile = await Deno.makeTempFile({ prefix: "vgg-program-", suffix: ".json" });
  const preload = join(import.meta.dirname ?? ".", "preload.ts");
  const deno = ["run", "-q", "-A", "--no-check", "--unstable-detect-cjs", "--config"];
  const [program, ...args] = runner === "native"
    ? ["node", "--require", addon!.preload]
    : node
    ? [node.binary, "--import", node.preload]
    : [Deno.execPath(), ...deno, join(root, "deno.json"), "--preload", preload];
  const command = new Deno.Command(program!, {
    args: [...args, file, ...words],
    cwd: folder,
    env: {
      VGG_PROGRAM_ENGINE: runner,
      VGG_PROGRAM_REPORT: reportFile,
      VGG_PROGRAM_DOWNLOADS: downloadsFolder,
      ...(addon
        ? { VGG_PROGRAM_ADDON: addon.file, VGG_PROGRAM_ROOT: root, TF_CPP_MIN_LOG_LEVEL: "2" }
        : {}),
      ...(steps ? { VGG_PROGRAM_STEPS: `${steps}` } : {}),
      ...(endsWithFit ? { VGG_PROGRAM_ENDS: "1" } : {}),
      // As this project's engine sets it.
      TF_ENABLE_ONEDNN_OPTS: "1",
    },
    signal: AbortSignal.timeout(limitSeconds * 1000),
    ...{ stdin: "null", stdout: "piped", stderr: "piped" },
  });
  const { success, stdout, stderr } = await command.output();
  const text = await Deno.readTextFile(reportFile);
  await Deno.remove(reportFile);
  const decoder = new TextDecoder();
  return {
    output: decoder.decode(stdout) + decoder.decode(stderr),
    success,
    ...(text ? { report: JSON.parse(text) } : {}),
  };
}
