/**
 * Downloads the wheels of a version of TensorFlow with pip, and prints what
 * `lib/engine/tensorflow/library/wheels.ts` pins of them. Its argument is a folder that keeps the wheels.
 *
 * @module
 */
import { basename, join } from "@std/path";
import { createHash } from "node:crypto";
import { inflateRawSync } from "node:zlib";
import yauzl from "yauzl";
import {
  type Wheel,
  type WheelMember,
  wheelName,
  wheelVersion,
} from "../../lib/engine/tensorflow/library/wheels.ts";
import { readAt } from "../../lib/files/read.ts";
import { sha256Of } from "../../lib/files/sha256_of.ts";
import { ZipReader } from "../../lib/files/zip_reader.ts";

/** The wheels by Deno's names of the systems; `tensorflow` needs CUDA on Linux on x86. */
const published: Readonly<Record<string, Pick<Wheel, "package" | "platform">>> = {
  "linux-x86_64": { package: "tensorflow-cpu", platform: "manylinux_2_27_x86_64" },
  "linux-aarch64": { package: "tensorflow", platform: "manylinux_2_27_aarch64" },
  "darwin-aarch64": { package: "tensorflow", platform: "macosx_12_0_arm64" },
  "windows-x86_64": { package: "tensorflow", platform: "win_amd64" },
};

/** The members that hold the C API, and what they load. */
const kept =
  /^tensorflow\/(libtensorflow_(cc|framework)\.[^/]+|python\/_pywrap_tensorflow_common\.dll)$/;

/** Returns what is pinned of a wheel. */
export async function pinWheel(
  path: string,
  { package: name, platform }: Pick<Wheel, "package" | "platform">,
): Promise<Wheel> {
  const { size: bytes } = await Deno.stat(path);
  const files: Record<string, WheelMember> = {};
  using file = await Deno.open(path);
  const zip = await yauzl.fromRandomAccessReaderPromise(new ZipReader(file, bytes), bytes, {
    autoClose: false,
  });
  for await (const entry of zip.eachEntry()) {
    if (!kept.test(entry.fileName)) continue;
    const { fileDataStart: offset } = await zip.readLocalFileHeaderPromise(entry, {
      minimal: true,
    });
    const packed = await readAt(file, offset, new Uint8Array(entry.compressedSize));
    files[basename(entry.fileName)] = {
      ...pinBytes(inflateRawSync(packed)),
      packed: { offset, ...pinBytes(packed) },
    };
  }
  return { package: name, platform, bytes, sha256: await sha256Of(path), files };
}

function pinBytes(content: Uint8Array): { bytes: number; sha256: string } {
  return { bytes: content.length, sha256: createHash("sha256").update(content).digest("hex") };
}

async function pinAll(folder: string): Promise<Record<string, Wheel>> {
  const pins: Record<string, Wheel> = {};
  for (const [system, wheel] of Object.entries(published)) {
    const path = join(folder, wheelName(wheel));
    if (!await Deno.stat(path).catch(() => undefined)) await download(wheel, folder);
    pins[system] = await pinWheel(path, wheel);
  }
  return pins;
}

async function download(
  { package: name, platform }: Pick<Wheel, "package" | "platform">,
  folder: string,
): Promise<void> {
  const { success } = await new Deno.Command("python3", {
    args: [
      ...["-m", "pip", "download", "--quiet", "--no-deps", "--only-binary=:all:", "--dest", folder],
      ...["--python-version", "3.13", "--platform", platform, `${name}==${wheelVersion}`],
    ],
  }).output();
  if (!success) throw new Error(`pip could not download ${name} for ${platform}`);
}

if (import.meta.main) {
  const [folder = await Deno.makeTempDir()] = Deno.args;
  // deno-lint-ignore no-console -- it prints the pins.
  console.log(JSON.stringify(await pinAll(folder), undefined, 2));
}
