/** `O_WRONLY`. */
const writeOnly = 1;
const standardError = 2;

/**
 * Runs `open`, which loads TensorFlow, with the process's standard error led to nowhere: while it
 * loads, before any setting can reach it, it prints three lines that oneDNN is on. What fails is
 * thrown all the same. Where the C library goes by another name than on Linux, it is let print.
 */
export function withoutGreeting<T>(open: () => T): T {
  const libc = openLibc();
  if (!libc) return open();
  const kept = libc.symbols.dup(standardError);
  const nowhere = libc.symbols.open(new TextEncoder().encode("/dev/null\0"), writeOnly);
  libc.symbols.dup2(nowhere, standardError);
  try {
    return open();
  } finally {
    libc.symbols.dup2(kept, standardError);
    libc.symbols.close(kept);
    libc.symbols.close(nowhere);
    libc.close();
  }
}

const symbols = {
  open: { parameters: ["buffer", "i32"], result: "i32" },
  dup: { parameters: ["i32"], result: "i32" },
  dup2: { parameters: ["i32", "i32"], result: "i32" },
  close: { parameters: ["i32"], result: "i32" },
} as const;

function openLibc(): Deno.DynamicLibrary<typeof symbols> | undefined {
  try {
    return Deno.build.os === "linux" ? Deno.dlopen("libc.so.6", symbols) : undefined;
  } catch {
    return undefined;
  }
}
