import { openLibc } from "../../../libc.ts";
import type { OpenedLibrary } from "../../../open_library.ts";

/** `O_WRONLY`. */
const writeOnly = 1;
const standardError = 2;

/**
 * Runs `load` with the process's standard error redirected to `/dev/null`. While TensorFlow is loaded,
 * it prints three lines about oneDNN before any setting can reach it. Errors are still thrown. Only on
 * Linux: elsewhere the C library has another name, and the lines are printed.
 */
export function withStderrSilenced<T>(load: () => T): T {
  const libc = openFunctions();
  if (!libc) return load();
  const original = libc.symbols.dup(standardError);
  const devNull = libc.symbols.open(new TextEncoder().encode("/dev/null\0"), writeOnly);
  libc.symbols.dup2(devNull, standardError);
  try {
    return load();
  } finally {
    libc.symbols.dup2(original, standardError);
    libc.symbols.close(original);
    libc.symbols.close(devNull);
    libc.close();
  }
}

const symbols = {
  open: { parameters: ["buffer", "i32"], result: "i32" },
  dup: { parameters: ["i32"], result: "i32" },
  dup2: { parameters: ["i32", "i32"], result: "i32" },
  close: { parameters: ["i32"], result: "i32" },
} as const;

function openFunctions(): OpenedLibrary<typeof symbols> | undefined {
  try {
    return Deno.build.os === "linux" ? openLibc(symbols) : undefined;
  } catch {
    return undefined;
  }
}
