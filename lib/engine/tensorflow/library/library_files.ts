import { join } from "@std/path";

/** The file names of TensorFlow's library. The first one has the C API, and loads the other from its folder. */
const namesBySystem: Readonly<Record<string, readonly [string, ...string[]]>> = {
  linux: ["libtensorflow_cc.so.2", "libtensorflow_framework.so.2"],
  darwin: ["libtensorflow_cc.2.dylib", "libtensorflow_framework.2.dylib"],
  windows: ["_pywrap_tensorflow_common.dll"],
};

/** The file names of the library on this system. */
export const libraryNames = namesBySystem[Deno.build.os] ?? namesBySystem.linux!;

/** The file name of TensorFlow's C API. */
export const [libraryName] = libraryNames;

/** Returns the folder of a Python package `tensorflow` in which its library is. */
export function folderInPackage(folder: string): string {
  return Deno.build.os === "windows" ? join(folder, "python") : folder;
}

/** Whether a folder has TensorFlow's library, and the framework that it loads. */
export async function holdsLibrary(folder: string): Promise<boolean> {
  const found = await Promise.all(libraryNames.map((name) => isLibraryFile(join(folder, name))));
  return found.every(Boolean);
}

/** Whether a path is a file or a link to one. */
export async function isLibraryFile(path: string): Promise<boolean> {
  return await Deno.stat(path).then((info) => info.isFile, () => false);
}
