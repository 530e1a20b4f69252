import { join } from "@std/path";
import assert from "node:assert/strict";
import { z } from "zod";
import { type Ended, type ForeignProject, foreignProject } from "./project.ts";
import {
  circle,
  lastJson,
  requireCircle,
  requireEveryEntry,
  requireTypes,
  trainAndWrite,
  writePhotos,
} from "./programs.ts";
import { publish, type Registry } from "./registry.ts";

const specifier = "jsr:@vggnet/vgg@^0.2.0";
const imports = { "vgg": specifier, "vgg/": specifier.replace("jsr:", "jsr:/") + "/" };

/** A test of the published package, in a project of its own. */
function testPublished(
  name: string,
  config: object,
  work: (project: ForeignProject) => Promise<void>,
): void {
  Deno.test(name, async () => {
    await using project = await foreignProject((await registry).url, { "deno.json": config });
    await work(project);
  });
}

let registry: Promise<Registry>;

Deno.test.beforeAll(() => {
  registry = publish();
});
Deno.test.afterAll(async () => await (await registry).close());

testPublished("every entry of the package loads from a registry, and its types are right", {
  imports,
}, async (project) => {
  await requireEveryEntry(project);
  await requireTypes(project);
});

testPublished("the package trains in WebAssembly, draws, and writes its pages and weights", {
  imports,
}, async ({ deno, write, folder }) => {
  await write({ "main.ts": trainAndWrite });
  await writePhotos(join(folder, "photos"));
  const { out, err } = await deno(["run", "-A", "--quiet", "main.ts"]);
  // Of 12 photos of each class 2 are for validation.
  const images = { images: 4, drawn: 32 * 32 * 3, classes: ["blue", "red"] };
  assert.deepEqual(lastJson(out, err), { engine: "wasm", ...images, isHere: true });
  await requireFiles(folder, [
    ["run/figures/confusion_matrix.png", "\x89PNG", 10_000],
    ["run/figures/misclassified.png", "\x89PNG", 1000],
    // Each has the whole of Plotly, and the demo TensorFlow.js with its WebAssembly.
    ["run/report.html", "<!DOCTYPE html>", 1_500_000],
    ["explored.html", "<!DOCTYPE html>", 1_500_000],
    ["run/demo.html", "<!DOCTYPE html>", 900_000],
    ["net.h5", "\x89HDF", 100_000],
  ]);
});

testPublished("the package's command line trains and names itself", {}, async (project) => {
  const { deno, folder } = project;
  const vgg = (...args: readonly string[]): Promise<Ended> =>
    deno(["run", "-A", "--quiet", "jsr:@vggnet/vgg/cli", ...args]);
  await writePhotos(join(folder, "photos"));
  assert.match((await vgg("--help")).out, /^Usage: deno run -A jsr:@vggnet\/vgg\/cli \[options\]/);
  const train = ["--data", "photos", "--run", "run", "--width", "0.125", "--size", "32"];
  const { code, out, err } = await vgg("train", ...train, "--epochs", "1");
  assert.equal(code, 0, err);
  const [, next = ""] = /^next {7}(.*)/ms.exec(out) ?? [];
  assert.match(next, /^deno run -A jsr:@vggnet\/vgg\/cli report --run run$/m);
  assert.doesNotMatch(next, /notebooks/);
  await requireFiles(folder, [["run/figures/learning_curves.png", "\x89PNG", 10_000]]);
  for (const args of [["notebooks"], ["kernel", "--install"]]) {
    const refused = await vgg(...args);
    assert.equal(refused.code, 2);
    assert.match(refused.err, /^error: the notebooks need a clone of the project, .*\n$/);
  }
});

testPublished("the engine alone needs neither figures nor codecs", {
  imports: { "vgg/engine": `${specifier}/engine` },
}, async ({ deno, write }) => {
  await write({ "main.ts": 'import "vgg/engine";\n' });
  const { out } = await deno(["info", "--json", "main.ts"]);
  const packages = reachedPackages(graph.parse(JSON.parse(out)));
  for (const needed of ["@tensorflow/tfjs", "@tensorflow/tfjs-node-gpu", "protobufjs"]) {
    assert.ok(packages.has(needed), needed);
  }
  const large = /plotly|sharp|@img\/|@napi-rs|jsdom|resvg|dejavu|esbuild|h5wasm|jupyter|koffi/;
  assert.deepEqual([...packages].filter((name) => large.test(name)), []);
  // 133 when this was written, most of them dependencies of tfjs-node-gpu.
  assert.ok(packages.size <= 140, `${packages.size} packages`);
});

testPublished("a program that was written for tfjs-node runs on the package", {
  imports: { "@tensorflow/tfjs-node": `${specifier}/tfjs-node` },
}, async ({ deno, write }) => {
  await write({
    "main.ts": `import * as tf from "@tensorflow/tfjs-node";
console.log(JSON.stringify({ sum: tf.sum([1, 2]).dataSync()[0], png: typeof tf.node.decodePng }));`,
  });
  const { out, err } = await deno(["run", "-A", "--quiet", "main.ts"]);
  assert.deepEqual(lastJson(out, err), { sum: 3, png: "function" });
});

testPublished(
  "the example of a project of its own runs on the package",
  { imports: { "vgg/engine": `${specifier}/engine` } },
  async ({ deno, write }) => {
    await write({ "circle.ts": circle });
    requireCircle(await deno(["run", "-A", "--quiet", "circle.ts"]));
  },
);

/** Checks the first bytes and the least size of files. */
async function requireFiles(
  folder: string,
  files: readonly (readonly [path: string, start: string, bytes: number])[],
): Promise<void> {
  for (const [path, start, least] of files) {
    const bytes = await Deno.readFile(join(folder, path));
    assert.equal(String.fromCharCode(...bytes.subarray(0, start.length)), start, path);
    assert.ok(bytes.length >= least, `${path} has ${bytes.length} bytes`);
  }
}

/** What `deno info` tells of the npm packages that a program reaches. */
const graph = z.object({
  modules: z.array(z.object({ npmPackage: z.string().optional() })),
  npmPackages: z.record(
    z.string(),
    z.object({ name: z.string(), dependencies: z.array(z.string()) }),
  ),
});

/** The packages that are fetched: those that modules import, and their dependencies. */
function reachedPackages({ modules, npmPackages }: z.infer<typeof graph>): ReadonlySet<string> {
  const reached = new Set(modules.flatMap(({ npmPackage }) => npmPackage ?? []));
  for (const id of reached) for (const next of npmPackages[id]!.dependencies) reached.add(next);
  return new Set([...reached].map((id) => npmPackages[id]!.name));
}
