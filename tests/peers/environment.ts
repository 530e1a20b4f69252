import { join } from "@std/path";
import envPaths from "env-paths";

/** The frameworks that this project is compared with. */
export type Peer = "keras" | "torch";

/** What each peer installs, the modules that this gives, and its size on disk with all it needs. */
const peers: Record<Peer, { packages: Record<string, string>; modules: string[]; size: string }> = {
  keras: {
    packages: { "tensorflow-cpu": "2.21.0", keras: "3.15.1" },
    modules: ["tensorflow", "keras"],
    size: "about 1.7 GB",
  },
  torch: {
    packages: { torch: "2.13.0" },
    modules: ["torch"],
    size: "several GB, with CUDA's libraries on Linux",
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
 * @throws {Error} If the named Python lacks a peer, there is no Python 3 with venv, or pip fails.
 */
export async function peersPython(
  wanted: readonly Peer[] = ["keras"],
  onMessage: (line: string) => void = say,
): Promise<string> {
  const given = Deno.env.get("VGG_PEERS_PYTHON");
  if (given) return await namedPython(given, wanted);
  const folder = join(envPaths("vgg-deno", { suffix: "" }).cache, "peers");
  const windows = Deno.build.os === "windows";
  const python = windows ? join(folder, "Scripts", "python.exe") : join(folder, "bin", "python");
  for (const peer of wanted) {
    const { packages, size } = peers[peer];
    if (await hasPackages(python, packages)) continue;
    const pins = Object.entries(packages).map(([name, version]) => `${name}==${version}`);
    onMessage(`Installing ${pins.join(", ")} (${size}) into ${folder}`);
    await output(windows ? "python" : "python3", ["-m", "venv", folder]);
    await output(python, ["-m", "pip", "install", "--quiet", ...pins]);
  }
  return python;
}

/** Runs one of this folder's Python scripts and gives what it printed. */
export function runScript(python: string, script: string, ...words: string[]): Promise<string> {
  return output(python, [join(scripts, script), ...words]);
}

async function namedPython(python: string, wanted: readonly Peer[]): Promise<string> {
  const modules = wanted.flatMap((peer) => peers[peer].modules);
  const code = "import sys; from importlib.util import find_spec; " +
    "sys.exit(not all(find_spec(name) for name in sys.argv[1:]))";
  try {
    await output(python, ["-c", code, ...modules]);
    return python;
  } catch {
    const rule = `VGG_PEERS_PYTHON must name a Python 3 that has ${modules.join(", ")}`;
    throw new Error(`${rule}. Received: ${python}`);
  }
}

async function hasPackages(python: string, packages: Record<string, string>): Promise<boolean> {
  const code = "import sys; from importlib.metadata import version; " +
    "print(*[version(name) for name in sys.argv[1:]])";
  try {
    const versions = await output(python, ["-c", code, ...Object.keys(packages)]);
    // A build's own mark, as in 2.13.0+cpu, makes no other version.
    return versions.trim().replaceAll(/\+\S+/g, "") === Object.values(packages).join(" ");
  } catch {
    // No such interpreter, or a package is missing: both mean that there is something to install.
    return false;
  }
}

function say(line: string): void {
  Deno.stderr.writeSync(new TextEncoder().encode(`${line}\n`));
}

async function output(command: string, words: string[]): Promise<string> {
  const process = new Deno.Command(command, {
    args: words,
    stdout: "piped",
    stderr: "piped",
    // Compiled scripts would lie about in the working tree.
    env: { PYTHONDONTWRITEBYTECODE: "1" },
  });
  const { success, stdout, stderr } = await process.output().catch((error: Error) => {
    throw new Error(`Python 3 with venv must be installed. Received: ${error.message}`);
  });
  if (success) return new TextDecoder().decode(stdout);
  const said = new TextDecoder().decode(stderr).trim().split("\n").slice(-3).join(" ");
  throw new Error(`${command} ${words[0] ?? ""} ${words[1] ?? ""} failed: ${said}`);
}
