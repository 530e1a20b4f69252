import { join } from "@std/path";
import { homedir } from "node:os";
import { replaceFile } from "../../files/replace_file.ts";
import { toJson } from "../../files/write.ts";
import { kernelSpec, proxyScript } from "./kernel_spec.ts";

/**
 * The names under which the kernel is installed. The notebooks ask for the first; the second is for users
 * who have another kernel of that name, as `deno jupyter --install` makes it.
 */
const names = ["deno", "deno-vgg"] as const;

/**
 * Adds the project's kernel to the user's own Jupyter. Another kernel named `deno` stays as it is.
 *
 * @param python The interpreter of the project's virtual environment.
 * @returns The kernel's folder and name.
 */
export async function installUserKernel(
  python: string,
): Promise<{ readonly folder: string; readonly name: string }> {
  const name = await isForeign(names[0]) ? names[1] : names[0];
  const folder = kernelFolder(name);
  await replaceFile(join(folder, "kernel.json"), toJson(kernelSpec(python)));
  return { folder, name };
}

/** Removes the project's kernel from the user's Jupyter; returns the folders that it was in. */
export async function uninstallUserKernel(): Promise<readonly string[]> {
  const folders: string[] = [];
  for (const name of names) {
    if ((await argumentsOf(name))?.includes(proxyScript)) folders.push(kernelFolder(name));
  }
  for (const folder of folders) await Deno.remove(folder, { recursive: true });
  return folders;
}

/** Whether there is a kernel of this name that this project has not installed. */
async function isForeign(name: string): Promise<boolean> {
  const words = await argumentsOf(name);
  return words !== undefined && !words.includes(proxyScript);
}

/** The command line of an installed kernel; empty if its file is damaged. */
async function argumentsOf(name: string): Promise<readonly unknown[] | undefined> {
  try {
    const text = await Deno.readTextFile(join(kernelFolder(name), "kernel.json"));
    const { argv } = JSON.parse(text);
    return Array.isArray(argv) ? argv : [];
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    if (error instanceof SyntaxError) return [];
    throw error;
  }
}

function kernelFolder(name: string): string {
  return join(userDataFolder(), "kernels", name);
}

/** The folder of the user's Jupyter, as `jupyter --data-dir` prints it. */
function userDataFolder(): string {
  const named = Deno.env.get("JUPYTER_DATA_DIR");
  if (named) return named;
  const home = homedir();
  if (Deno.build.os === "darwin") return join(home, "Library", "Jupyter");
  return Deno.build.os === "windows"
    ? join(Deno.env.get("APPDATA") ?? join(home, "AppData", "Roaming"), "jupyter")
    : join(Deno.env.get("XDG_DATA_HOME") ?? join(home, ".local", "share"), "jupyter");
}
