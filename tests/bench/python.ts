import { type Peer, peersPython } from "../peers/environment.ts";
import type { PeerName } from "./frameworks.ts";

/** What Keras's ImageDataGenerator wants beside Keras, to read and to warp images. */
const packages = ["pillow==13.0.0", "scipy==1.17.1"];

const environments: Readonly<Record<PeerName, Peer>> = { keras: "keras", pytorch: "torch" };

/**
 * A Python with the peers named and what ImageDataGenerator wants. One that `VGG_PEERS_PYTHON` names
 * is taken as it is.
 *
 * @param onMessage Told what is installed where, and how big it is.
 */
export async function benchPython(
  names: readonly PeerName[],
  onMessage: (line: string) => void,
): Promise<string> {
  const python = await peersPython(names.map((name) => environments[name]), onMessage);
  if (Deno.env.get("VGG_PEERS_PYTHON") || !names.includes("keras")) return python;
  const { success, stderr } = await new Deno.Command(python, {
    args: ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", ...packages],
    stdout: "null",
    stderr: "piped",
  }).output();
  if (success) return python;
  const said = new TextDecoder().decode(stderr).trim().split("\n").at(-1);
  throw new Error(`pip could not install ${packages.join(" and ")}: ${said}`);
}
