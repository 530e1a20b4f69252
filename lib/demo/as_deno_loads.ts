import { dirname, join } from "@std/path";
import type { OnLoadResult, OnResolveArgs, OnResolveResult, Plugin, PluginBuild } from "esbuild";
import { existsSync } from "node:fs";
import { createRequire, isBuiltin } from "node:module";
import { npmFile } from "../npm_file.ts";

/** The namespace of this project's own modules, whose paths are URLs. */
const own = "own";

/**
 * Lets esbuild find modules as Deno does: this project's own by their URLs, which are a registry's if the
 * package was loaded from one, and npm packages wherever Deno keeps them.
 */
export const asDenoLoads: Plugin = {
  name: "modules as Deno loads them",
  setup(build): void {
    build.onResolve({ filter: /^(file|https?):/ }, ({ path }) => ({ path, namespace: own }));
    build.onResolve({ filter: /^\./, namespace: own }, ({ path, importer }) => ({
      path: new URL(path, importer).href,
      namespace: own,
    }));
    build.onResolve({ filter: /^[@\w]/ }, (args) => resolveInPackage(build, args));
    build.onLoad({ filter: /./, namespace: own }, ({ path }) => loadOwn(path));
  },
};

async function loadOwn(url: string): Promise<OnLoadResult> {
  // Deno's own cache has the modules of a package from a registry.
  const { default: contents } = await import(url, { with: { type: "text" } });
  return { contents, loader: "ts" };
}

/** `npm:/@tensorflow/tfjs-core@4.22.0/dist/base.js`; a published module names the version. */
const specifier = /^(?:npm:\/?)?((?:@[^/@]+\/)?[^/@]+)(?:@[^/]+)?(?:\/(.+))?$/;

async function resolveInPackage(
  build: PluginBuild,
  { path, importer, namespace, kind }: OnResolveArgs,
): Promise<OnResolveResult | undefined> {
  if (isBuiltin(path)) return undefined;
  const [, name = "", file] = specifier.exec(path) ?? [];
  const resolve = namespace === own ? npmFile : createRequire(importer).resolve;
  const folder = packageFolder(resolve(name));
  // From here on esbuild reads the package's own description, which prefers modules for browsers.
  const found = await build.resolve(file ? `./${file}` : ".", { kind, resolveDir: folder });
  return found.errors.length > 0 ? { errors: found.errors } : found;
}

/** The folder of the package that a file belongs to. */
function packageFolder(path: string): string {
  const folder = dirname(path);
  return existsSync(join(folder, "package.json")) ? folder : packageFolder(folder);
}
