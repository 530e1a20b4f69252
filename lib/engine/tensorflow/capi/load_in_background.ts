import { addressOf, onProcessEnd, type OpenedLibrary } from "../../../open_library.ts";
import { openLibc } from "../../../libc.ts";
import { cString } from "./c_string.ts";
import { openTensorFlow } from "./open_tensorflow.ts";

/** `RTLD_LAZY | RTLD_NODELETE` */
const lazyForLife = 0x1001;

const pointerBytes = 8;

const symbols = {
  /** Runs on another thread: TensorFlow's library takes a fifth of a second. */
  load: { name: "dlopen", parameters: ["buffer", "i32"], result: "pointer", nonblocking: true },
  dlsym: { parameters: ["pointer", "buffer"], result: "pointer" },
  fopen: { parameters: ["buffer", "buffer"], result: "pointer" },
  read: { name: "memcpy", parameters: ["buffer", "pointer", "usize"], result: "void" },
  write: { name: "memcpy", parameters: ["pointer", "buffer", "usize"], result: "void" },
} as const;

const loads = new Map<string, Promise<void>>();

/**
 * Loads TensorFlow's library on another thread, so that opening it takes no time afterwards. It does nothing
 * but on Linux, and reports no fault: opening finds the same one. What TensorFlow reads from the environment
 * while it is loaded must be set, and must not change meanwhile.
 *
 * @param path See `openTensorFlow()`.
 */
export function loadInBackground(path: string): Promise<void> {
  if (Deno.build.os !== "linux") return Promise.resolve();
  let load = loads.get(path);
  if (!load) loads.set(path, load = start(path));
  return load;
}

async function start(path: string): Promise<void> {
  const libc = openFunctions();
  if (!libc) return;
  onProcessEnd(() => endWithoutDestructors(path));
  const restore = silenceStandardError(libc);
  await libc.load(cString(path), lazyForLife).catch(() => {});
  restore();
}

function openFunctions(): OpenedLibrary<typeof symbols>["symbols"] | undefined {
  try {
    return openLibc(symbols).symbols;
  } catch {
    return undefined; // As on musl, or without the permission: opening says so.
  }
}

/**
 * Waits for the thread that loads the library, since its destructors must not run while its constructors do,
 * and lets the process end without them, also if another engine computed.
 */
function endWithoutDestructors(path: string): void {
  try {
    openTensorFlow(path);
  } catch {
    // It is not TensorFlow's library.
  }
}

/**
 * Redirects what C code writes to its `stderr`, see `withStderrSilenced()`, until the result is called. The
 * file behind it stays as it is: Deno writes there meanwhile. What takes its place stays open: other libraries
 * that are loaded meanwhile, such as the image decoder's, keep it and use it, at the latest when the process
 * ends.
 */
function silenceStandardError(
  { dlsym, fopen, read, write }: OpenedLibrary<typeof symbols>["symbols"],
): () => void {
  const variable = dlsym(null, cString("stderr"));
  const nowhere = fopen(cString("/dev/null"), cString("w"));
  if (variable === null || nowhere === null) return () => {};
  const original = new Uint8Array(pointerBytes);
  read(original, variable, BigInt(pointerBytes));
  const replacement = new BigUint64Array([addressOf(nowhere)]);
  write(variable, replacement, BigInt(pointerBytes));
  return () => write(variable, original, BigInt(pointerBytes));
}
