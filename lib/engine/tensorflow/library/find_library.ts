import { dirname, join, resolve } from "@std/path";
import { defined } from "../../../defined.ts";
import type { OnActivity } from "../../../display/activity.ts";
import { LibraryError } from "../../errors.ts";
import { graphicsCards } from "../../hardware.ts";
import { cacheFolder } from "./cache_folder.ts";
import { isRefused, pathVariable, refuseVariable } from "./environment.ts";
import { fetchWheel, type FetchWheelOptions } from "./fetch_wheel.ts";
import { isLibraryFile, libraryName } from "./library_files.ts";
import { findInPython, type PythonLibrary } from "./python_library.ts";
import { findFileFault } from "./verify_files.ts";
import { type Wheel, wheels, wheelVersion } from "./wheels.ts";
import { readyRuntime } from "../windows/ready_runtime.ts";

/** TensorFlow's library on this machine. */
export interface Library {
  /** The full path of `libtensorflow_cc`. */
  readonly path: string;
  /** The folder of `path`. */
  readonly directory: string;
  /** Where it was found: by an environment variable, in the cache folder, or in a Python environment. */
  readonly source: "environment" | "cache" | "python";
  /** TensorFlow's version, if it is known before the library is opened. */
  readonly version?: string;
}

/** How {@linkcode readyLibrary} works. */
export interface LibraryOptions {
  /** Whether the user refuses native code: nothing is searched or downloaded then. */
  readonly refuse?: boolean;
  /** Gets messages about the download, one line each. */
  readonly onMessage?: (line: string) => void;
  /** Called during the download and while the library is unpacked. */
  readonly onPrepare?: OnActivity;
  readonly signal?: AbortSignal;
  /** The wheel whose files are in the cache. Default: that of this system. */
  readonly wheel?: Wheel;
}

/**
 * Finds TensorFlow's library: at the path in {@linkcode pathVariable}, in the cache folder, or in the
 * active Python environment. With an NVIDIA GPU, a Python environment's TensorFlow comes first if it can
 * use the GPU, as the cached one cannot.
 *
 * @returns `undefined` if there is none, or {@linkcode refuseVariable} is set.
 * @throws {LibraryError} If {@linkcode pathVariable} is not the path of a library.
 *
 * @example
 * ```ts
 * const library = await findLibrary();
 * console.log(library?.path ?? "readyLibrary() would download it");
 * ```
 */
export async function findLibrary(
  { wheel = wheels[`${Deno.build.os}-${Deno.build.arch}`] }: Pick<LibraryOptions, "wheel"> = {},
): Promise<Library | undefined> {
  if (isRefused()) return undefined;
  const path = Deno.env.get(pathVariable);
  if (path) return await libraryAt(path);
  if (graphicsCards().length > 0) {
    const python = await findInPython();
    if (python?.supportsGPU) return fromPython(python);
  }
  // A damaged library would end the process when it is opened.
  if (wheel && !await findFileFault(versionFolder(), wheel.files)) return fromCache();
  const python = await findInPython();
  return python && fromPython(python);
}

/**
 * Finds TensorFlow's library, or downloads it. This needs neither root nor a compiler, and
 * writes only to one cache folder.
 *
 * @throws {LibraryError} If the user refuses, or the download fails.
 * @throws {DOMException} `AbortError` once `signal` is aborted.
 *
 * @example
 * ```ts
 * async function libraryPath(): Promise<string> {
 *   const { path } = await readyLibrary({ onMessage: console.log });
 *   return path;
 * }
 * ```
 */
export async function readyLibrary(options: LibraryOptions = {}): Promise<Library> {
  if (options.refuse || isRefused()) {
    throw new LibraryError(`native code is refused by --no-native or ${refuseVariable}`);
  }
  const library = await findLibrary(options) ?? await fetchLibrary(options);
  if (Deno.build.os === "windows") await readyRuntime(fetchOptions(options));
  if (library.source === "cache" && graphicsCards().length > 0) {
    options.onMessage?.(
      "There is an NVIDIA GPU, but this TensorFlow only computes on the CPU. To use the " +
        (Deno.build.os === "windows"
          ? "GPU, work in WSL2: TensorFlow uses none on Windows itself."
          : 'GPU: pip install "tensorflow[and-cuda]" in the active Python environment, then start again.'),
    );
  }
  return library;
}

async function fetchLibrary(options: LibraryOptions): Promise<Library> {
  await fetchWheel(versionFolder(), { ...fetchOptions(options), wheel: options.wheel });
  return fromCache();
}

function fetchOptions({ onMessage, onPrepare, signal }: LibraryOptions): FetchWheelOptions {
  return {
    refusal: `--no-native or ${refuseVariable}=1`,
    ...defined({ onMessage, onPrepare, signal }),
  };
}

async function libraryAt(fileOrFolder: string): Promise<Library> {
  for (const candidate of [fileOrFolder, join(fileOrFolder, libraryName)]) {
    const path = resolve(candidate);
    if (await isLibraryFile(path)) return { path, directory: dirname(path), source: "environment" };
  }
  throw new LibraryError(
    `${pathVariable} must be the path of ${libraryName} or of its folder. Received: ${fileOrFolder}`,
  );
}

function fromCache(): Library {
  const directory = versionFolder();
  const version = wheelVersion;
  return { path: join(directory, libraryName), directory, source: "cache", version };
}

function fromPython({ directory, version }: PythonLibrary): Library {
  return { path: join(directory, libraryName), directory, source: "python", version };
}

function versionFolder(): string {
  return join(cacheFolder(), `${wheelVersion}-${Deno.build.arch}`);
}
