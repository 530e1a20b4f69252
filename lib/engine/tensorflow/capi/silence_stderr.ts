import { openLibc } from "../../../libc.ts";
import type { OpenedLibrary } from "../../../open_library.ts";

/** `O_WRONLY`. */
const writeOnly = 1;
const standardError = 2;
const isWindows = Deno.build.os === "windows";
/** What is written there is lost. */
const nowhere = isWindows ? "NUL" : "/dev/null";

/**
 * Runs `load` with the process's standard error redirected to nowhere. While TensorFlow is loaded, it
 * prints three lines about oneDNN before any setting can reach it. Errors are still thrown. Where the C
 * library has another name, as on musl, the lines are printed.
 */
export function withStderrSilenced<T>(load: () => T): T {
  const libc = openFunctions();
  if (!libc) return load();
  const original = libc.symbols.dup(standardError);
  const target = libc.symbols.open(new TextEncoder().encode(`${nowhere}\0`), writeOnly);
  libc.symbols.dup2(target, standardError);
  try {
    return load();
  } finally {
    libc.symbols.dup2(original, standardError);
    libc.symbols.close(original);
    libc.symbols.close(target);
    libc.close();
  }
}

const prefix = isWindows ? "_" : "";
const symbols = {
  open: { name: `${prefix}open`, parameters: ["buffer", "i32"], result: "i32" },
  dup: { name: `${prefix}dup`, parameters: ["i32"], result: "i32" },
  dup2: { name: `${prefix}dup2`, parameters: ["i32", "i32"], result: "i32" },
  close: { name: `${prefix}close`, parameters: ["i32"], result: "i32" },
} as const;

function openFunctions(): OpenedLibrary<typeof symbols> | undefined {
  try {
    return openLibc(symbols);
  } catch {
    return undefined;
  }
}
