import { join } from "@std/path";
import envPaths from "env-paths";
import { findIndex } from "../../lib/engine/tensorflow/library/package_index.ts";
import { takeLock } from "../../lib/files/file_lock.ts";
import { writeLibrary } from "../../lib/engine/tensorflow/windows/write_library.ts";

/** Windows' Deno on this machine. */
export interface Wine {
  /** The arguments that run Deno under Wine: the program, then what comes before Deno's own arguments. */
  readonly command: readonly [string, ...string[]];
  readonly env: Readonly<Record<string, string>>;
}

const folder = join(envPaths("vgg-deno", { suffix: "" }).cache, "wine");
const programs = ["wine64", "wine", "/usr/lib/wine/wine64"];

/**
 * Installs Wine (with apt-get, as root) and the Deno for Windows of this version, as far as they are
 * missing.
 *
 * @returns Why that is impossible, if it is.
 */
export async function readyWine(): Promise<Wine | string> {
  const { os, arch } = Deno.build;
  if (os !== "linux" || arch !== "x86_64") return `Wine runs this on Linux on x86-64, not ${os}`;
  await Deno.mkdir(folder, { recursive: true });
  using _lock = await takeLock(`${folder}.lock`);
  const wine = await findWine() ?? await installWine();
  if (!wine) return "there is no wine64, and apt-get cannot install it here";
  const program = join(folder, `deno-${Deno.version.deno}`);
  const missing = await fetchDeno(program);
  if (missing) return missing;
  const env = {
    WINEPREFIX: join(folder, "prefix"),
    WINEDEBUG: "-all",
    DENO_DIR: windowsPath(join(folder, "deno-dir")),
    NO_COLOR: "1",
    // Wine ends the process when oneDNN uses AMX, for which Linux wants to be asked first.
    ONEDNN_MAX_CPU_ISA: "AVX512_CORE_VNNI",
    // There is no pip, which names the package index here.
    PIP_INDEX_URL: await findIndex().catch(() => ""),
    // Windows knows no folder of certificates as Linux does.
    ...certificates(),
  };
  return { command: [wine, join(program, "deno.exe")], env };
}

/** The path by which Windows' programs know a file of this machine. */
export function windowsPath(path: string): string {
  return `Z:${path.replaceAll("/", "\\")}`;
}

function certificates(): Record<string, string> {
  const path = Deno.env.get("DENO_CERT") ?? Deno.env.get("SSL_CERT_FILE");
  return path ? { DENO_CERT: windowsPath(path) } : {};
}

async function findWine(): Promise<string | undefined> {
  for (const program of programs) {
    if (await succeeds(program, "--version")) return program;
  }
  return undefined;
}

async function installWine(): Promise<string | undefined> {
  if (Deno.uid() !== 0) return undefined;
  await succeeds("apt-get", "update", "-qq");
  await succeeds("apt-get", "install", "-qq", "-y", "--no-install-recommends", "wine64");
  return await findWine();
}

/**
 * Fetches Deno for Windows from npm, and fits a copy to Wine 8: that has no library `bcryptprimitives.dll`,
 * and no placeholders in `VirtualAlloc2`, which Deno replaces where it is missing.
 *
 * @returns Why that is impossible, if it is.
 */
async function fetchDeno(target: string): Promise<string | undefined> {
  if (await Deno.stat(target).then(() => true, () => false)) return undefined;
  const temporary = await Deno.makeTempDir({ dir: folder });
  try {
    const name = `@deno/win32-x64@${Deno.version.deno}`;
    const packed = await succeeds("npm", "pack", name, "--pack-destination", temporary);
    const archive = Array.from(Deno.readDirSync(temporary)).find(({ name }) =>
      name.endsWith(".tgz")
    );
    if (!packed || !archive) return `npm cannot fetch ${name}`;
    await succeeds("tar", "-xzf", join(temporary, archive.name), "-C", temporary);
    const program = await Deno.readFile(join(temporary, "package", "deno.exe"));
    blank(program, "VirtualAlloc2");
    const fitted = join(temporary, "fitted");
    await Deno.mkdir(fitted);
    await Deno.writeFile(join(fitted, "deno.exe"), program, { mode: 0o755 });
    const random = { forwardTo: "advapi32.SystemFunction036" };
    const library = "bcryptprimitives.dll";
    await Deno.writeFile(
      join(fitted, library),
      writeLibrary(library, new Map([["ProcessPrng", random]])),
    );
    await Deno.rename(fitted, target);
    return undefined;
  } finally {
    await Deno.remove(temporary, { recursive: true });
  }
}

/** Overwrites a zero-terminated text, which must be there once. */
function blank(bytes: Uint8Array, text: string): void {
  const wanted = new TextEncoder().encode(`\0${text}\0`);
  const places: number[] = [];
  for (let at = bytes.indexOf(0); at >= 0; at = bytes.indexOf(0, at + 1)) {
    if (wanted.every((byte, index) => bytes[at + index] === byte)) places.push(at);
  }
  if (places.length !== 1) throw new Error(`Deno has ${text} ${places.length} times, not once`);
  bytes.fill("-".charCodeAt(0), places[0]! + 1, places[0]! + 1 + text.length);
}

async function succeeds(program: string, ...args: string[]): Promise<boolean> {
  try {
    const options = { args, stdin: "null", stdout: "null", stderr: "null" } as const;
    return (await new Deno.Command(program, options).output()).success;
  } catch {
    return false; // There is no such program.
  }
}
