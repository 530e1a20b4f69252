import { dirname, join } from "@std/path";
import * as esbuild from "esbuild";
import { readyLibrary } from "../../lib/engine/tensorflow/library/find_library.ts";
import { callPython } from "../../lib/python/run_python.ts";
import { peersPython } from "../peers/environment.ts";
import { installPackages, root, workFolder } from "./prepare.ts";

/** tfjs-node with its own addon. */
export interface NativeAddon {
  /** The addon. */
  readonly file: string;
  /** The file that is loaded before a program under Node. */
  readonly preload: string;
}

/**
 * Builds tfjs-node's addon from the sources in its package against the library that this project's engine
 * uses: its own binaries can be downloaded no more. Needs Node and g++ on Linux, and the headers of
 * TensorFlow for Python.
 *
 * @throws {Error} If something of these is missing, or the build fails.
 */
export async function buildNativeAddon(): Promise<NativeAddon> {
  const folder = join(workFolder, "native");
  await Deno.mkdir(folder, { recursive: true });
  const addon = { file: join(folder, "tfjs_binding.node"), preload: join(folder, "preload.cjs") };
  await esbuild.build({
    entryPoints: [join(import.meta.dirname ?? ".", "preload_native.ts")],
    ...{ outfile: addon.preload, bundle: true, platform: "node", packages: "external" },
    logLevel: "error",
  });
  if (await Deno.stat(addon.file).catch(() => undefined)) return addon;
  await installPackages({ "node-api-headers": "1.9.0" }, folder);
  const { path: library } = await readyLibrary({});
  const include = await callPython(await peersPython(["keras"]), [
    "-c",
    "import tensorflow.sysconfig as s; print(s.get_include())",
  ]);
  const libraries = dirname(library);
  await run("g++", [
    ...["-shared", "-fPIC", "-O2", "-std=c++17", "-DNAPI_VERSION=8", "-I."],
    ...["-I", include.trim(), "-I", join(folder, "node_modules", "node-api-headers", "include")],
    ...["binding/tfjs_backend.cc", "binding/tfjs_binding.cc", "-o", addon.file, library],
    ...[join(libraries, "libtensorflow_framework.so.2"), `-Wl,-rpath,${libraries}`],
  ], join(root, "node_modules", "@tensorflow", "tfjs-node-gpu"));
  return addon;
}

async function run(program: string, args: readonly string[], cwd: string): Promise<void> {
  const command = new Deno.Command(program, { args: [...args], cwd, stdin: "null" });
  const { success, stderr } = await command.output();
  if (!success) throw new Error(`${program}: ${new TextDecoder().decode(stderr).slice(-2000)}`);
}
