import { join } from "@std/path";

const isMac = Deno.build.os === "darwin";

/** The file name of TensorFlow's C API. */
export const libraryName = isMac ? "libtensorflow_cc.2.dylib" : "libtensorflow_cc.so.2";

/** The file name of the library that the C API loads from the same folder. */
const frameworkName = isMac ? "libtensorflow_framework.2.dylib" : "libtensorflow_framework.so.2";

/** Whether a folder has TensorFlow's library and the framework that it loads. */
export async function holdsLibrary(folder: string): Promise<boolean> {
  return await isLibraryFile(join(folder, libraryName)) &&
    await isLibraryFile(join(folder, frameworkName));
}

/** Whether a path is a file or a link to one. */
export async function isLibraryFile(path: string): Promise<boolean> {
  return await Deno.stat(path).then((info) => info.isFile, () => false);
}
