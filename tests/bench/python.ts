import { peersPython } from "../peers/environment.ts";

/** What Keras's ImageDataGenerator wants beside Keras, to read and to warp pictures. */
const packages = ["pillow==13.0.0", "scipy==1.17.1"];

/**
 * A Python with Keras, PyTorch and what ImageDataGenerator wants. One that `VGG_PEERS_PYTHON` names
 * is taken as it is.
 *
 * @param onMessage Told what is installed where, and how big it is.
 */
export async function benchPython(onMessage: (line: string) => void): Promise<string> {
  const python = await peersPython(["keras", "torch"], onMessage);
  if (Deno.env.get("VGG_PEERS_PYTHON")) return python;
  const { success, stderr } = await new Deno.Command(python, {
    args: ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", ...packages],
    stdout: "null",
    stderr: "piped",
  }).output();
  if (success) return python;
  const said = new TextDecoder().decode(stderr).trim().split("\n").at(-1);
  throw new Error(`pip could not install ${packages.join(" and ")}: ${said}`);
}
