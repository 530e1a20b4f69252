import { dirname, join } from "@std/path";
import envPaths from "env-paths";
import { LibraryError } from "./library_error.ts";
import { fetchWheel, wheel } from "./wheel.ts";

/** TensorFlow's library on this machine. */
export interface Library {
  /** The full path of `libtensorflow_cc`. */
  readonly path: string;
  readonly source: "environment" | "cache" | "python";
}

/** How {@linkcode readyLibrary} works. */
export interface LibraryOptions {
  /** Use what is there, fetch nothing, and no native code at all: the user said no. */
  readonly refuse?: boolean;
  readonly onMessage?: (line: string) => void;
  readonly signal?: AbortSignal;
}

/** Names the library, or its folder. */
export const pathVariable = "VGG_TENSORFLOW";
/** Set to anything but an empty text or 0, it refuses native code. */
export const refuseVariable = "VGG_NO_NATIVE";

/** The library's file name on this system. */
export function libraryName(): string {
  return Deno.build.os === "darwin" ? "libtensorflow_cc.2.dylib" : "libtensorflow_cc.so.2";
}

/** Where the fetched library is kept: a folder of the user's, shared by all checkouts. */
export function cacheFolder(): string {
  return join(envPaths("vgg-deno", { suffix: "" }).cache, "tensorflow");
}

/**
 * Finds TensorFlow's library: where `VGG_TENSORFLOW` says, in the cache folder, or in a Python
 * environment that has TensorFlow; the last comes first where there is an NVIDIA card.
 *
 * @throws {LibraryError} Where `VGG_TENSORFLOW` leads nowhere.
 */
export async function findLibrary(): Promise<Library | undefined> {
  const named = Deno.env.get(pathVariable);
  if (named) return { path: await namedLibrary(named), source: "environment" };
  // The cached library computes on the processor only; Python's may know a graphics card.
  const graphics = await isFile("/proc/driver/nvidia/version");
  const places = graphics ? [pythonLibrary, cachedLibrary] : [cachedLibrary, pythonLibrary];
  for (const place of places) {
    const library = await place();
    if (library) return library;
  }
  return undefined;
}

/**
 * Finds TensorFlow's library, or fetches it with pip: no root, no compiler, and nothing outside one
 * cache folder.
 *
 * @throws {LibraryError} Where the user refuses, or it cannot be had.
 *
 * @example
 * ```ts ignore
 * const { path } = await readyLibrary({ onMessage: console.log });
 * ```
 */
export async function readyLibrary(options: LibraryOptions = {}): Promise<Library> {
  const refused = Deno.env.get(refuseVariable);
  if (options.refuse || (refused && refused !== "0")) {
    throw new LibraryError(`native code is refused by --no-native or ${refuseVariable}`);
  }
  const found = await findLibrary();
  if (found) return found;
  const folder = versionFolder();
  options.onMessage?.(
    `Fetching TensorFlow ${wheel.version} with pip, once: ${wheel.download} to download, ` +
      `${wheel.disk} in ${folder}. To refuse: --no-native or ${refuseVariable}=1.`,
  );
  await fetchWheel(folder, libraryName(), options.signal ? { signal: options.signal } : {});
  return { path: join(folder, libraryName()), source: "cache" };
}

async function namedLibrary(named: string): Promise<string> {
  for (const path of [named, join(named, libraryName())]) if (await isFile(path)) return path;
  throw new LibraryError(
    `${pathVariable} must name ${libraryName()} or its folder. Received: ${named}`,
  );
}

/** Looks for the package without importing it, which takes seconds. */
const script = `import importlib.util
spec = importlib.util.find_spec("tensorflow")
print(spec.origin if spec and spec.origin else "")`;

async function pythonLibrary(): Promise<Library | undefined> {
  try {
    const command = new Deno.Command("python3", { args: ["-c", script], stderr: "null" });
    const { stdout } = await command.output();
    const origin = new TextDecoder().decode(stdout).trim();
    const path = join(dirname(origin), libraryName());
    return origin !== "" && await isFile(path) ? { path, source: "python" } : undefined;
  } catch {
    return undefined; // No Python here.
  }
}

async function cachedLibrary(): Promise<Library | undefined> {
  const path = join(versionFolder(), libraryName());
  return await isFile(path) ? { path, source: "cache" } : undefined;
}

function versionFolder(): string {
  return join(cacheFolder(), `${wheel.version}-${Deno.build.arch}`);
}

async function isFile(path: string): Promise<boolean> {
  return await Deno.stat(path).then((info) => info.isFile, () => false);
}
