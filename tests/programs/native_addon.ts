import { join } from "@std/path";
import * as esbuild from "esbuild";
import { readyLibrary } from "../../lib/engine/tensorflow/library/find_library.ts";
import { callPython } from "../../lib/python/environment.ts";
import { peersPython } from "../peers/environment.ts";
import { workFolder } from "./prepare.ts";

/** tfjs-node with its own addon. */
export interface NativeAddon {
  /** The folder of the package. */
  readonly package: string;
  /** The file that is loaded before a program under Node. */
  readonly preload: string;
}

/**
 * Builds tfjs-node's addon from the sources in its package against the library that this project's engine
 * uses: its own binaries can be downloaded no more. Needs npm, Node and g++ on Linux, and the headers of
 * TensorFlow for Python.
 *
 * @throws {Error} If something of these is missing, or the build fails.
 */
export async function buildNativeAddon(): Promise<NativeAddon> {
  const folder = join(workFolder, "native");
  const packageFolder = join(folder, "node_modules", "@tensorflow", "tfjs-node");
  const file = join(packageFolder, "lib", "napi-v8", "tfjs_binding.node");
  await Deno.mkdir(folder, { recursive: true });
  const preload = join(folder, "preload.cjs");
  await esbuild.build({
    entryPoints: [join(import.meta.dirname ?? ".", "preload_native.ts")],
    ...{ outfile: preload, bundle: true, platform: "node", packages: "external" },
    logLevel: "error",
  });
  const addon = { package: packageFolder, preload };
  if (await Deno.stat(file).catch(() => undefined)) return addon;
  const dependencies = { "@tensorflow/tfjs-node": "4.22.0", "node-api-headers": "1.9.0" };
  await Deno.writeTextFile(
    join(folder, "package.json"),
    JSON.stringify({ private: true, dependencies }),
  );
  await run("npm", ["install", "--ignore-scripts", "--no-audit", "--no-fund"], folder);
  const { path: library } = await readyLibrary({});
  const include = await callPython(await peersPython(["keras"]), [
    "-c",
    "import tensorflow.sysconfig as s; print(s.get_include())",
  ]);
  const libraryFolder = library.slice(0, library.lastIndexOf("/"));
  await Deno.mkdir(join(file, ".."), { recursive: true });
  await run("g++", [
    ...["-shared", "-fPIC", "-O2", "-std=c++17", "-DNAPI_VERSION=8", "-I."],
    ...["-I", include.trim(), "-I", join(folder, "node_modules", "node-api-headers", "include")],
    ...["binding/tfjs_backend.cc", "binding/tfjs_binding.cc", "-o", file, library],
    ...[join(libraryFolder, "libtensorflow_framework.so.2"), `-Wl,-rpath,${libraryFolder}`],
  ], packageFolder);
  return addon;
}

async function run(program: string, args: readonly string[], cwd: string): Promise<void> {
  const command = new Deno.Command(program, { args: [...args], cwd, stdin: "null" });
  const { success, stderr } = await command.output();
  if (!success) throw new Error(`${program}: ${new TextDecoder().decode(stderr).slice(-2000)}`);
}
