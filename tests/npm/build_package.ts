/**
 * Builds the npm package of the engine alone, for Node and Bun, into a folder:
 * `deno task dev:npm DIR`.
 */
import { dirname, join, relative } from "@std/path";
import * as esbuild from "esbuild";
import config from "../../deno.json" with { type: "json" };

const root = join(import.meta.dirname ?? ".", "..", "..");
const engine = join(root, "lib", "engine");

/** What the package asks npm for; everything else is in its own files. */
const dependencies = Object.fromEntries(
  [
    "@deno/shim-deno",
    "@tensorflow/tfjs",
    "@tensorflow/tfjs-core",
    "env-paths",
    "koffi",
    "protobufjs",
    "pure-rand",
    "zod",
  ].map((name) => [name, versionOf(name)]),
);

/**
 * Writes the package.
 *
 * @param folder Created if it is missing. Its files of the same names are replaced.
 */
export async function buildPackage(folder: string): Promise<void> {
  await bundle({
    entryPoints: {
      "engine": join(engine, "mod.ts"),
      "tfjs-node": join(engine, "tfjs_node.ts"),
    },
    outdir: folder,
    splitting: true,
  });
  await writeTypes(folder);
  await Deno.copyFile(join(root, "LICENSE"), join(folder, "LICENSE"));
  await Deno.copyFile(join(engine, "npm", "README.md"), join(folder, "README.md"));
  await Deno.writeTextFile(
    join(folder, "package.json"),
    `${JSON.stringify(manifest(), undefined, 2)}\n`,
  );
}

function manifest(): object {
  return {
    name: "@vggnet/engine",
    version: config.version,
    description: "TensorFlow's C library for TensorFlow.js, and compiled functions",
    license: config.license,
    type: "module",
    exports: {
      ".": { types: "./types/engine/mod.d.ts", default: "./engine.mjs" },
      // Its types would need those of the package tfjs-node.
      "./tfjs-node": "./tfjs-node.mjs",
    },
    engines: { node: ">=20" },
    dependencies,
  };
}

/** Bundles modules of this project for Node: its files in place of Deno's own interface. */
export async function bundle(options: esbuild.BuildOptions): Promise<void> {
  try {
    await esbuild.build({
      bundle: true,
      format: "esm",
      platform: "node",
      target: "node20",
      outExtension: { ".js": ".mjs" },
      external: Object.keys(dependencies).flatMap((name) => [name, `${name}/*`]),
      alias: { "@std/path": "node:path" },
      inject: [join(engine, "npm", "deno.ts")],
      // Modules of tfjs-node are CommonJS.
      banner: {
        js: `import { createRequire as makeRequire } from "node:module";\n` +
          `const require = makeRequire(import.meta.url);`,
      },
      logLevel: "warning",
      ...options,
      plugins: [nodeSide, ...options.plugins ?? []],
    });
  } finally {
    await esbuild.stop();
  }
}

/** Resolves the modules of which there are others for Node. */
const nodeSide: esbuild.Plugin = {
  name: "node-side",
  setup({ onResolve }): void {
    const replace = (filter: RegExp, name: string): void => {
      onResolve({ filter }, () => ({ path: join(engine, "npm", name) }));
    };
    replace(/\/open_library\.ts$/, "open_library.ts");
    replace(/^util$/, "util.ts");
    replace(/\/(wasm|webgpu)\/backend\.ts$/, "other_backends.ts");
  },
};

/** Writes the types of the entry and of what it imports, as `deno pack` makes them. */
async function writeTypes(folder: string): Promise<void> {
  const packed = await Deno.makeTempDir({ prefix: "vgg-types-" });
  try {
    const archive = join(packed, "package.tgz");
    await run("deno", ["pack", "--quiet", "--allow-dirty", "-o", archive]);
    await run("tar", ["-xzf", archive, "-C", packed]);
    const lib = join(packed, "package", "lib");
    await copyTypes(join(lib, "engine", "mod.d.ts"), lib, join(folder, "types"), new Set());
  } finally {
    await Deno.remove(packed, { recursive: true });
  }
}

async function copyTypes(path: string, from: string, to: string, done: Set<string>): Promise<void> {
  if (done.has(path)) return;
  done.add(path);
  const text = await Deno.readTextFile(path);
  const copy = join(to, relative(from, path));
  await Deno.mkdir(dirname(copy), { recursive: true });
  await Deno.writeTextFile(copy, text);
  for (const [, name = ""] of text.matchAll(/from "(\.[^"]+)\.js"/g)) {
    await copyTypes(join(dirname(path), `${name}.d.ts`), from, to, done);
  }
}

async function run(program: string, args: string[]): Promise<void> {
  const command = program === "deno" ? Deno.execPath() : program;
  const { success, stderr } = await new Deno.Command(command, { args, cwd: root }).output();
  if (!success) throw new Error(`${program} failed: ${new TextDecoder().decode(stderr)}`);
}

/** The version of an npm package in deno.json. */
export function versionOf(name: string): string {
  const specifier = new Map(Object.entries(config.imports)).get(name);
  if (!specifier) throw new Error(`deno.json has no version of ${name}`);
  return specifier.slice(specifier.lastIndexOf("@") + 1).replace(/\/$/, "");
}

if (import.meta.main) {
  const [folder] = Deno.args;
  if (!folder) throw new Error("deno task dev:npm takes the folder to write to");
  await buildPackage(folder);
}
