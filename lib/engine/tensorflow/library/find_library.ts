import { dirname, join, resolve } from "@std/path";
import envPaths from "env-paths";
import { graphicsCards } from "../../hardware.ts";
import { LibraryError } from "./errors.ts";
import { holdsLibrary, isLibraryFile, libraryName } from "./library_files.ts";
import { findInPython, type PythonLibrary } from "./python_library.ts";
import { fetchWheel, wheel } from "./fetch_wheel.ts";

/** TensorFlow's library on this machine. */
export interface Library {
  /** The full path of `libtensorflow_cc`. */
  readonly path: string;
  /** Its folder. */
  readonly directory: string;
  readonly source: "environment" | "cache" | "python";
  /** TensorFlow's version, where it is known before the library is opened. */
  readonly version?: string;
}

/** How {@linkcode readyLibrary} works. */
export interface LibraryOptions {
  /** The user said no to native code: nothing is looked for and nothing is fetched. */
  readonly refuse?: boolean;
  /** Told what is fetched, from where and how big it is, a line at a time. */
  readonly onMessage?: (line: string) => void;
  readonly signal?: AbortSignal;
}

/** Names the library, or its folder. */
export const pathVariable = "VGG_TENSORFLOW";
/** Set to anything but an empty text or 0, it refuses native code. */
export const refuseVariable = "VGG_NO_NATIVE";

/** Where the fetched library is kept: a folder of the user's, shared by all checkouts. */
export function cacheFolder(): string {
  return join(envPaths("vgg-deno", { suffix: "" }).cache, "tensorflow");
}

/**
 * Finds TensorFlow's library: where `VGG_TENSORFLOW` says, in the cache folder, or in the Python
 * environment that is active. Where there is an NVIDIA card, a Python's TensorFlow that may know
 * it comes before the cached one, which does not. Where `VGG_NO_NATIVE` refuses it, it is not found.
 *
 * @throws {LibraryError} Where `VGG_TENSORFLOW` leads nowhere.
 *
 * @example
 * ```ts ignore
 * const library = await findLibrary();
 * console.log(library?.path ?? "deno task setup fetches it");
 * ```
 */
export async function findLibrary(): Promise<Library | undefined> {
  if (isRefused()) return undefined;
  const named = Deno.env.get(pathVariable);
  if (named) return await namedLibrary(named);
  if (graphicsCards().length > 0) {
    const python = await findInPython();
    if (python?.graphics) return fromPython(python);
  }
  if (await holdsLibrary(versionFolder())) return fromCache();
  const python = await findInPython();
  return python && fromPython(python);
}

/**
 * Finds TensorFlow's library, or fetches it with pip: no root, no compiler, and nothing outside one
 * cache folder.
 *
 * @throws {LibraryError} Where the user refuses, or it cannot be had.
 * @throws {DOMException} `AbortError` once `signal` is aborted.
 *
 * @example
 * ```ts ignore
 * const { path } = await readyLibrary({ onMessage: console.log });
 * ```
 */
export async function readyLibrary(options: LibraryOptions = {}): Promise<Library> {
  if (options.refuse || isRefused()) {
    throw new LibraryError(`native code is refused by --no-native or ${refuseVariable}`);
  }
  const library = await findLibrary() ?? await fetchLibrary(options);
  if (library.source === "cache" && graphicsCards().length > 0) {
    options.onMessage?.(
      "There is an NVIDIA card, but this TensorFlow computes on the processor alone. To use the " +
        'card: pip install "tensorflow[and-cuda]" in the active Python environment, then start again.',
    );
  }
  return library;
}

function isRefused(): boolean {
  const refused = Deno.env.get(refuseVariable);
  return refused !== undefined && refused !== "" && refused !== "0";
}

async function fetchLibrary({ onMessage, signal }: LibraryOptions): Promise<Library> {
  await fetchWheel(versionFolder(), {
    refusal: `--no-native or ${refuseVariable}=1`,
    ...(onMessage ? { onMessage } : {}),
    ...(signal ? { signal } : {}),
  });
  return fromCache();
}

async function namedLibrary(named: string): Promise<Library> {
  for (const place of [named, join(named, libraryName)]) {
    const path = resolve(place);
    if (await isLibraryFile(path)) return { path, directory: dirname(path), source: "environment" };
  }
  throw new LibraryError(
    `${pathVariable} must name ${libraryName} or its folder. Received: ${named}`,
  );
}

function fromCache(): Library {
  const directory = versionFolder();
  const { version } = wheel;
  return { path: join(directory, libraryName), directory, source: "cache", version };
}

function fromPython({ directory, version }: PythonLibrary): Library {
  return { path: join(directory, libraryName), directory, source: "python", version };
}

function versionFolder(): string {
  return join(cacheFolder(), `${wheel.version}-${Deno.build.arch}`);
}
