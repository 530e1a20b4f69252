import { join } from "@std/path";
import envPaths from "env-paths";
import { readyEnvironment } from "../../lib/python/environment.ts";
import { callPython } from "../../lib/python/run_python.ts";

/** The frameworks that this project is compared with. */
export type Peer =
  | "keras"
  | "torch"
  | "formats"
  | "graphs"
  | "tensorboard"
  | "onnxruntime"
  | "openvino";

/**
 * The modules of each peer. All are installed together, as the requirements of this folder pin them,
 * but for OpenVINO, which the benchmark installs.
 */
const peers: Record<Peer, readonly string[]> = {
  keras: ["tensorflow", "keras"],
  torch: ["torch", "numpy"],
  formats: ["torchvision", "safetensors", "onnxruntime"],
  graphs: ["onnx", "onnxscript", "tf2onnx"],
  tensorboard: ["tensorboard"],
  onnxruntime: ["onnx", "onnxruntime"],
  openvino: ["onnx", "openvino"],
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
 * @param beside Further folders with requirements, which are installed too.
 * @returns The path of the interpreter.
 * @throws {Error} If the named Python lacks a peer; {PythonError} if there is no Python 3 with venv,
 *   or pip fails.
 */
export async function peersPython(
  wanted: readonly Peer[] = ["keras"],
  onMessage: (line: string) => void = say,
  beside: readonly string[] = [],
): Promise<string> {
  const given = Deno.env.get("VGG_PEERS_PYTHON");
  if (given) return await namedPython(given, wanted);
  const folder = join(envPaths("vgg-deno", { suffix: "" }).cache, "peers");
  return await readyEnvironment(folder, {
    requirements: [scripts, ...beside],
    minPython: "3.11",
    onInstall: (pins) => {
      const isLarge = pins.some((pin) => pin.startsWith("torch=="));
      const size = isLarge ? " (several GB, with CUDA's libraries on Linux)" : "";
      onMessage(`Installing ${pins.join(", ")}${size} into ${folder}`);
    },
  });
}

/** Runs one of this folder's Python scripts and gives what it printed. */
export function runScript(python: string, script: string, ...words: string[]): Promise<string> {
  return callPython(python, [join(scripts, script), ...words]);
}

/** The modules of a peer that a Python lacks. */
export async function lackedModules(python: string, peer: Peer): Promise<string[]> {
  const code = "import sys; from importlib.util import find_spec; " +
    "print(*(name for name in sys.argv[1:] if not find_spec(name)))";
  return (await callPython(python, ["-c", code, ...peers[peer]])).split(" ").filter(Boolean);
}

async function namedPython(python: string, wanted: readonly Peer[]): Promise<string> {
  try {
    const lacked = await Promise.all(wanted.map((peer) => lackedModules(python, peer)));
    if (lacked.flat().length === 0) return python;
  } catch {
    // It is no Python.
  }
  const modules = wanted.flatMap((peer) => peers[peer]);
  const rule = `VGG_PEERS_PYTHON must name a Python 3 that has ${modules.join(", ")}`;
  throw new Error(`${rule}. Received: ${python}`);
}

function say(line: string): void {
  Deno.stderr.writeSync(new TextEncoder().encode(`${line}\n`));
}
