import { type LibraryFunctions, onProcessEnd, openLibrary } from "../../../open_library.ts";
import { LibraryError } from "../../errors.ts";
import { keepLoaded } from "../windows/keep_loaded.ts";
import { loadDependencies } from "../windows/load_dependencies.ts";
import { cString } from "./c_string.ts";
import { withStderrSilenced } from "./silence_stderr.ts";
import { cSymbols, posixSymbols, symbols } from "./symbols.ts";

/** The functions of TensorFlow's C API, and those of the C library with whose memory it works. */
export type Functions = LibraryFunctions<typeof symbols & typeof cSymbols>;

/**
 * Opens TensorFlow's library for the life of the process. Its threads still run when Deno closes
 * libraries at exit, and would crash if their code were unloaded.
 *
 * @param path `libtensorflow_cc`; its RUNPATH finds the framework library beside it.
 * @throws {LibraryError} If the file is not such a library.
 */
export function openTensorFlow(path: string): Functions {
  try {
    return withStderrSilenced(() =>
      Deno.build.os === "windows" ? openOnWindows(path) : openOnPosix(path)
    );
  } catch (error) {
    if (error instanceof Deno.errors.NotCapable || error instanceof LibraryError) throw error;
    const reason = (error as Error).message.split("\n", 1)[0]!;
    throw new LibraryError(`${path} is not TensorFlow's library: ${reason}`);
  }
}

function openOnWindows(path: string): Functions {
  loadDependencies(path);
  const library = openLibrary(path, symbols).symbols;
  keepLoaded(path);
  return { ...library, ...openLibrary("ucrtbase.dll", cSymbols).symbols };
}

function openOnPosix(path: string): Functions {
  const all = openLibrary(path, { ...symbols, ...cSymbols, ...posixSymbols }).symbols;
  // RTLD_NODELETE
  all.dlopen(cString(path), Deno.build.os === "darwin" ? 0x81 : 0x1001);
  skipDestructors(all);
  // TensorFlow registers more destructors while it computes. Handlers are called last in, first out.
  onProcessEnd(() => skipDestructors(all));
  return all;
}

/**
 * Ends the process without the destructors of TensorFlow's library: a step that still runs on another
 * thread would crash in them. glibc gives the handler the status of the exit. Windows ends all other
 * threads before it calls destructors.
 */
function skipDestructors({ dlsym, on_exit }: LibraryFunctions<typeof posixSymbols>): void {
  on_exit?.(dlsym(null, cString("_exit")), null);
}
