import { join } from "@std/path";

const mac = Deno.build.os === "darwin";

/** The file of TensorFlow's C API, which {@linkcode Library} names. */
export const libraryName = mac ? "libtensorflow_cc.2.dylib" : "libtensorflow_cc.so.2";

/** What the first needs beside it. */
const frameworkName = mac ? "libtensorflow_framework.2.dylib" : "libtensorflow_framework.so.2";

/** Whether a folder holds TensorFlow's library and what that needs. */
export async function holdsLibrary(folder: string): Promise<boolean> {
  return await isLibraryFile(join(folder, libraryName)) &&
    await isLibraryFile(join(folder, frameworkName));
}

/** Whether this is a file, or a link to one. */
export async function isLibraryFile(path: string): Promise<boolean> {
  return await Deno.stat(path).then((info) => info.isFile, () => false);
}
