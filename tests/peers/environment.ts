import { join } from "@std/path";
import envPaths from "env-paths";
import { callPython, environmentPython, readyEnvironment } from "../../lib/python/environment.ts";

/** The frameworks that this project is compared with. */
export type Peer = "keras" | "torch" | "formats" | "graphs" | "tensorboard";

/** What each peer installs, the modules that this gives, and its size on disk with all it needs. */
const peers: Record<Peer, { packages: Record<string, string>; modules: string[]; size: string }> = {
  keras: {
    packages: { "tensorflow-cpu": "2.21.0", keras: "3.15.1" },
    modules: ["tensorflow", "keras"],
    size: "about 1.7 GB",
  },
  torch: {
    packages: { torch: "2.13.0", numpy: "2.4.6" },
    modules: ["torch", "numpy"],
    size: "several GB, with CUDA's libraries on Linux",
  },
  formats: {
    packages: { torchvision: "0.28.0", safetensors: "0.8.0", onnxruntime: "1.32.0" },
    modules: ["torchvision", "safetensors", "onnxruntime"],
    size: "about 120 MB",
  },
  graphs: {
    packages: { onnx: "1.23.2", onnxscript: "0.7.2", tf2onnx: "1.17.0" },
    modules: ["onnx", "onnxscript", "tf2onnx"],
    size: "about 100 MB",
  },
  tensorboard: {
    packages: { tensorboard: "2.21.0" },
    modules: ["tensorboard"],
    size: "about 160 MB",
  },
};

const scripts = import.meta.dirname ?? ".";

/** Whether live comparisons are asked for: `VGG_PEERS=1`. */
export const peersWanted = Deno.env.get("VGG_PEERS") === "1";

/** Registers a live comparison, which is skipped with a word where `VGG_PEERS` is not `1`. */
export function testWithPeers(name: string, run: () => Promise<void>): void {
  const note = peersWanted ? "" : " (skipped: VGG_PEERS=1 runs it)";
  Deno.test({ name: name + note, ignore: !peersWanted, fn: run });
}

/**
 * Finds a Python that has the peers, or makes one in the user's cache folder. `VGG_PEERS_PYTHON`
 * names a Python to take as it is.
 *
 * @param onMessage Told what is installed where, and how big it is; by default standard error is.
 * @returns The path of the interpreter.
 * @throws {Error} If the named Python lacks a peer; {PythonError} if there is no Python 3 with venv,
 *   or pip fails.
 */
export async function peersPython(
  wanted: readonly Peer[] = ["keras"],
  onMessage: (line: string) => void = say,
): Promise<string> {
  const given = Deno.env.get("VGG_PEERS_PYTHON");
  if (given) return await namedPython(given, wanted);
  const folder = join(envPaths("vgg-deno", { suffix: "" }).cache, "peers");
  for (const peer of wanted) {
    const { packages, size } = peers[peer];
    const onInstall = (pins: readonly string[]): void =>
      onMessage(`Installing ${pins.join(", ")} (${size}) into ${folder}`);
    await readyEnvironment(folder, { packages, onInstall });
  }
  return environmentPython(folder);
}

/** Runs one of this folder's Python scripts and gives what it printed. */
export function runScript(python: string, script: string, ...words: string[]): Promise<string> {
  return callPython(python, [join(scripts, script), ...words]);
}

async function namedPython(python: string, wanted: readonly Peer[]): Promise<string> {
  const modules = wanted.flatMap((peer) => peers[peer].modules);
  const code = "import sys; from importlib.util import find_spec; " +
    "sys.exit(not all(find_spec(name) for name in sys.argv[1:]))";
  try {
    await callPython(python, ["-c", code, ...modules]);
    return python;
  } catch {
    const rule = `VGG_PEERS_PYTHON must name a Python 3 that has ${modules.join(", ")}`;
    throw new Error(`${rule}. Received: ${python}`);
  }
}

function say(line: string): void {
  Deno.stderr.writeSync(new TextEncoder().encode(`${line}\n`));
}
