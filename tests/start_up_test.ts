import { join } from "@std/path";
import assert from "node:assert/strict";
import { z } from "zod";

const root = join(import.meta.dirname ?? ".", "..");

/** What is read of the graph of modules that `deno info` gives. */
const graph = z.object({
  roots: z.array(z.string()),
  redirects: z.record(z.string(), z.string()).default({}),
  modules: z.array(z.object({
    specifier: z.string(),
    dependencies: z.array(z.object({
      code: z.object({ specifier: z.string().optional() }).optional(),
      isDynamic: z.boolean().default(false),
    })).default([]),
  })),
});

/** The npm packages that a module loads before its first line runs; types and `import()` aside. */
async function packagesOf(path: string): Promise<string[]> {
  const command = new Deno.Command(Deno.execPath(), { args: ["info", "--json", path], cwd: root });
  const { stdout } = await command.output();
  const { roots, redirects, modules } = graph.parse(JSON.parse(new TextDecoder().decode(stdout)));
  const importsOf = new Map(modules.map(({ specifier, dependencies }) => [
    specifier,
    dependencies.flatMap(({ code, isDynamic }) => isDynamic ? [] : code?.specifier ?? []),
  ]));
  const reached = new Set(roots);
  for (const specifier of reached) {
    for (const next of importsOf.get(specifier) ?? []) reached.add(redirects[next] ?? next);
  }
  const names = [...reached].flatMap((specifier) => packageName(specifier) ?? []);
  return [...new Set(names)].sort();
}

function packageName(specifier: string): string | undefined {
  return /^npm:\/?((?:@[^/]+\/)?[^@/]+)/.exec(specifier)?.[1];
}

const library = ["@tensorflow/tfjs", "pure-rand", "zod"];

Deno.test("lib/mod.ts loads no codec, browser or figure before one is asked for", async () => {
  // Figures are plain specifications, whose colors are mixed as they are made.
  assert.deepEqual(await packagesOf("lib/mod.ts"), ["chroma-js", ...library].sort());
});

Deno.test("the command line adds no more than its own parser and progress bar", async () => {
  assert.deepEqual(
    await packagesOf("lib/cli.ts"),
    [...library, "cli-progress", "commander"].sort(),
  );
});

Deno.test("the native engine adds a reader of TensorFlow's definitions, and its kernels as it starts", async () => {
  const packages = await packagesOf("lib/engine/tensorflow/start.ts");
  // What finds the library has loaded env-paths before.
  assert.deepEqual(packages, ["@tensorflow/tfjs", "env-paths", "protobufjs"]);
});
