import { dirname, join } from "@std/path";
import * as esbuild from "esbuild";
import { createRequire } from "node:module";
import type { tf } from "../../lib/engine/tf.ts";

/** TensorFlow.js's own specs, as one CommonJS module. */
export interface Specs {
  /** Says which backend the specs are made for; before `load()`. */
  setTestEnvs(environments: readonly TestEnvironment[]): void;
  /** Declares the specs to jasmine, whose `describe` and `it` must be there as globals. */
  load(): void;
  /** The engine that the specs compute with. */
  readonly engine: ReturnType<typeof tf.engine>;
  /** Removes the files that the specs read. */
  readonly close?: () => Promise<void>;
}

interface TestEnvironment {
  readonly name: string;
  readonly backendName: string;
  readonly flags: Record<string, unknown>;
  readonly isDataSync: boolean;
}

const entry = `
require("./public/chained_ops/register_all_chained_ops");
require("./register_all_gradients");
module.exports = {
  setTestEnvs: require("./jasmine_util").setTestEnvs,
  load: () => require("./tests"),
  engine: require("./engine").ENGINE,
};`;

/**
 * Bundles the specs in the tfjs-core package that `tf` comes from. They are modules whose imports
 * only a bundler resolves, and they test internals that the package's own bundle does not export,
 * so they carry a copy of the functions with them. Engine, kernels and gradients live in globals
 * that the copies share.
 */
export async function bundleSpecs(): Promise<Specs> {
  const folder = await Deno.makeTempDir({ prefix: "vgg-specs-" });
  try {
    const outfile = join(folder, "specs.cjs");
    await writeSpecs(outfile);
    // The boundary to the package: its internals have no types of their own.
    return createRequire(import.meta.url)(outfile) as Specs;
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** Writes the module that {@linkcode bundleSpecs} loads. */
export async function writeSpecs(outfile: string): Promise<void> {
  try {
    await esbuild.build({
      stdin: { contents: entry, resolveDir: coreFolder(), loader: "js" },
      outfile,
      bundle: true,
      format: "cjs",
      platform: "node",
      // The package names no spec among its files with side effects: they would be left out.
      ignoreAnnotations: true,
      // jasmine-core is no dependency of the package.
      nodePaths: [join(import.meta.dirname ?? ".", "..", "..", "node_modules")],
      logLevel: "warning",
    });
  } finally {
    await esbuild.stop();
  }
}

/** The folder of tfjs-core's modules, seen from the package that `tf` is imported from. */
function coreFolder(): string {
  const tfjs = createRequire(import.meta.url).resolve("@tensorflow/tfjs");
  return dirname(createRequire(tfjs).resolve("@tensorflow/tfjs-core"));
}
