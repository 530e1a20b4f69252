import { callPython, PythonError } from "../../../python/run_python.ts";
import { folderInPackage, holdsLibrary } from "./library_files.ts";

/** The TensorFlow of a Python environment. */
export interface PythonLibrary {
  /** The folder of its library. */
  readonly directory: string;
  readonly version: string;
  /** Whether it may compute on an NVIDIA GPU; `tensorflow-cpu` never does. */
  readonly supportsGPU: boolean;
}

/** The oldest supported version: the first with Keras 3. */
const minVersion = [2, 16] as const;

/** TensorFlow uses graphics cards only on Linux. */
const usesCards = Deno.build.os === "linux";

/** Prints the package's folder, version and name without importing it, which takes seconds. */
const script = `
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
import os
spec = find_spec("tensorflow")
for name in ("tensorflow", "tensorflow-cpu") if spec and spec.origin else ():
    try:
        print(os.path.dirname(spec.origin), version(name), name, sep="\\n")
        break
    except PackageNotFoundError:
        pass
`;

/** Finds the TensorFlow of the active Python environment, if it is 2.16 or newer. */
export async function findInPython(): Promise<PythonLibrary | undefined> {
  try {
    const output = await callPython("python3", ["-c", script]);
    const [folder, version, name] = output.split(/\r?\n/);
    if (!folder || !version || !isRecent(version)) return undefined;
    const directory = folderInPackage(folder);
    if (!await holdsLibrary(directory)) return undefined;
    return { directory, version, supportsGPU: usesCards && name === "tensorflow" };
  } catch (error) {
    if (error instanceof PythonError) return undefined; // There is no Python that works.
    throw error;
  }
}

function isRecent(version: string): boolean {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  return major > minVersion[0] || major === minVersion[0] && minor >= minVersion[1];
}
