import { dirname, join } from "@std/path";
import type * as esbuild from "esbuild";
import { buildPackage, bundle, versionOf } from "./build_package.ts";

/** A folder of a project on Node that has the package installed. */
export interface NodeProject extends AsyncDisposable {
  readonly folder: string;
  /** The runtime's program. */
  readonly binary: string;
  /** Bundles a module of this project so that it imports the engine from the package; returns its file. */
  bundle(module: string): Promise<string>;
  /**
   * Bundles a module of this project so that it imports the engine from the package, and runs it.
   *
   * @param env Variables added to this process's.
   */
  run(module: string, args?: readonly string[], env?: Record<string, string>): Promise<NodeOutput>;
}

/** How a program on Node ended. */
export interface NodeOutput {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * Builds the package, packs it, and installs it and its runtime from npm into a new folder. The caller
 * disposes of it, which removes the folder.
 *
 * @param runtime What runs the package's programs: Node of a version, or Bun.
 * @throws {Error} If npm cannot install them.
 */
export async function nodeProject(runtime: Runtime): Promise<NodeProject> {
  const folder = await Deno.makeTempDir({ prefix: "vgg-node-" });
  try {
    await buildPackage(join(folder, "package"));
    await command("npm", ["pack", "--silent", "./package"], folder);
    const archive = (await Array.fromAsync(Deno.readDir(folder)))
      .find(({ name }) => name.endsWith(".tgz"))!.name;
    await Deno.writeTextFile(join(folder, "package.json"), '{ "type": "module" }\n');
    const options = ["--silent", "--ignore-scripts", "--no-audit", "--no-fund"];
    const jasmine = `jasmine-core@${versionOf("jasmine-core")}`;
    await command(
      "npm",
      ["install", ...options, `./${archive}`, jasmine, runtimePackage(runtime)],
      folder,
    );
  } catch (error) {
    await Deno.remove(folder, { recursive: true });
    throw error;
  }
  const binary = join(folder, "node_modules", "runtime", "bin", runtime.split(" ")[0]!);
  const bundleHere = async (module: string): Promise<string> => {
    const outfile = join(folder, "program.mjs");
    await bundle({ entryPoints: [module], outfile, plugins: [enginePackage] });
    return outfile;
  };
  return {
    folder,
    binary,
    bundle: bundleHere,
    run: async (module, args = [], env = {}) => {
      const { code, stdout, stderr } = await new Deno.Command(binary, {
        args: [await bundleHere(module), ...args],
        cwd: folder,
        env,
      }).output();
      const decoder = new TextDecoder();
      return { code, stdout: decoder.decode(stdout), stderr: decoder.decode(stderr) };
    },
    [Symbol.asyncDispose]: () => Deno.remove(folder, { recursive: true }),
  };
}

/** Node of a version, or Bun. */
export type Runtime = `node ${number}` | "bun";

/** The npm package of a runtime's binary for this machine, installed as `runtime`. */
function runtimePackage(runtime: Runtime): string {
  const os: Record<string, string> = {
    darwin: "darwin",
    windows: runtime === "bun" ? "windows" : "win",
  };
  const arm = runtime === "bun" ? "aarch64" : "arm64";
  const system = `${os[Deno.build.os] ?? "linux"}-${Deno.build.arch === "aarch64" ? arm : "x64"}`;
  if (runtime === "bun") return `runtime@npm:@oven/bun-${system}`;
  return `runtime@npm:node-${system}@${runtime.slice("node ".length)}`;
}

/** Resolves what the tests import of the engine to the installed package. */
const enginePackage: esbuild.Plugin = {
  name: "engine-package",
  setup({ onResolve }): void {
    onResolve({ filter: /lib\/engine\/(mod|engine|tf|use_engine|compile|errors)\.ts$/ }, () => ({
      path: "@vggnet/engine",
      external: true,
    }));
    onResolve({ filter: /lib\/engine\/tfjs_node\.ts$/ }, () => ({
      path: "@vggnet/engine/tfjs-node",
      external: true,
    }));
    // It reads files beside its own.
    onResolve({ filter: /^jasmine-core$/ }, ({ path }) => ({ path, external: true }));
    onResolve({ filter: /\/specs\/bundle\.ts$|^\.\/bundle\.ts$/ }, ({ resolveDir }) => ({
      path: join(dirname(resolveDir), "npm", "bundled_specs.ts"),
    }));
  },
};

async function command(program: string, args: readonly string[], cwd: string): Promise<void> {
  const { success, stderr } = await new Deno.Command(program, { args: [...args], cwd }).output();
  if (success) return;
  throw new Error(`${program} ${args[0]} failed: ${new TextDecoder().decode(stderr)}`);
}
