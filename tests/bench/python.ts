import { PythonError } from "../../lib/python/run_python.ts";
import { lackedModules, type Peer, peersPython } from "../peers/environment.ts";
import type { PeerName, Peers } from "./frameworks.ts";

const environments: Readonly<Record<PeerName, Peer>> = {
  keras: "keras",
  pytorch: "torch",
  onnxruntime: "onnxruntime",
  openvino: "openvino",
};

/** OpenVINO, and what Keras's ImageDataGenerator wants beside Keras to warp images. */
const requirements = import.meta.dirname ?? ".";

/**
 * A Python for the peers named, and those of them that it has. One that `VGG_PEERS_PYTHON` names is
 * taken as it is.
 *
 * @param onMessage Told what is installed where, how big it is, and which peers are left out and why.
 * @throws {Error} If it has none of the peers.
 */
export async function benchPython(
  names: readonly PeerName[],
  onMessage: (line: string) => void,
): Promise<Peers> {
  const python = await peersPython([], onMessage);
  try {
    await peersPython([], onMessage, [requirements]);
  } catch (error) {
    if (!(error instanceof PythonError)) throw error;
    onMessage(`not installed for the benchmark: ${error.message}`);
  }
  const present: PeerName[] = [];
  for (const name of names) {
    const lacked = await lackedModules(python, environments[name]);
    if (lacked.length === 0) present.push(name);
    else onMessage(`left out: ${name}, as ${python} lacks ${lacked.join(", ")}`);
  }
  if (present.length > 0) return { names: present, python };
  throw new Error(
    `--peers needs a Python that has one of ${names.join(", ")}. Received: ${python}`,
  );
}
