import { LibraryError } from "./errors.ts";
import { holdsLibrary } from "./library_files.ts";
import { runPython } from "./python.ts";

/** A TensorFlow that a Python environment has. */
export interface PythonLibrary {
  /** The folder of its library. */
  readonly directory: string;
  readonly version: string;
  /** Whether it may compute on an NVIDIA card; `tensorflow-cpu` never does. */
  readonly graphics: boolean;
}

/** The oldest version that is taken from Python: the first of Keras 3. */
const oldest = [2, 16] as const;

/** Looks for the package without importing it, which takes seconds: its folder, version, name. */
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

/** Finds the TensorFlow of the Python environment that is active, if it is 2.16 or newer. */
export async function findInPython(): Promise<PythonLibrary | undefined> {
  try {
    const { success, stdout } = await runPython(["-c", script]);
    const [directory, version, name] = stdout.split(/\r?\n/);
    if (!success || !directory || !version || !isRecent(version)) return undefined;
    if (!await holdsLibrary(directory)) return undefined;
    return { directory, version, graphics: name === "tensorflow" };
  } catch (error) {
    if (error instanceof LibraryError) return undefined; // There is no Python here.
    throw error;
  }
}

function isRecent(version: string): boolean {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  return major > oldest[0] || major === oldest[0] && minor >= oldest[1];
}
