import { LibraryError } from "../../errors.ts";
import { holdsLibrary } from "./library_files.ts";
import { runPython } from "./python.ts";

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
    const { success, stdout } = await runPython(["-c", script]);
    const [directory, version, name] = stdout.split(/\r?\n/);
    if (!success || !directory || !version || !isRecent(version)) return undefined;
    if (!await holdsLibrary(directory)) return undefined;
    return { directory, version, supportsGPU: name === "tensorflow" };
  } catch (error) {
    if (error instanceof LibraryError) return undefined; // There is no Python.
    throw error;
  }
}

function isRecent(version: string): boolean {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  return major > minVersion[0] || major === minVersion[0] && minor >= minVersion[1];
}
