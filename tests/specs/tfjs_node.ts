import { dirname, join } from "@std/path";
import { createRequire } from "node:module";
import { answerRequire } from "../../lib/engine/node/answer_require.ts";
import { currentBinding } from "../../lib/engine/tensorflow/current_backend.ts";
import { tf } from "../../lib/engine/tf.ts";
import type { Specs } from "./bundle.ts";
import { writeTestObjects } from "./tfjs_node_files.ts";

const require = createRequire(import.meta.url);
const addon = "the addon of tfjs-node";

/** What jasmine's globals let a program set. */
declare const jasmine: { DEFAULT_TIMEOUT_INTERVAL: number };

/**
 * The specs of tfjs-node that its package has beside its modules. They get this project's module for
 * tfjs-node's own, and its binding for the addon. The process moves to a temporary folder, where they
 * find their files.
 */
export async function tfjsNodeSpecs(): Promise<Specs> {
  const { default: tfjsNode } = await import("../../lib/engine/tfjs_node.ts");
  const index = require.resolve("@tensorflow/tfjs-node-gpu/dist/index.js");
  const packageRequire = createRequire(index);
  replaceModule(index, tfjsNode);
  replaceModule(packageRequire.resolve("@mapbox/node-pre-gyp"), { find: () => addon });
  answerRequire([addon], currentBinding());
  // What only tfjs-node's developers install.
  answerRequire(["tmp"], { dirSync: () => ({ name: Deno.makeTempDirSync() }) });
  answerRequire(["@tensorflow/tfjs-core/dist/jasmine_util"], { TestKernelBackend });
  const folder = await Deno.makeTempDir({ prefix: "vgg-specs-" });
  await writeTestObjects(folder);
  // A file that is no image.
  await Deno.writeTextFile(join(folder, "package.json"), "{}\n");
  Deno.chdir(folder);
  return {
    setTestEnvs: () => {},
    load: () => {
      // One of them decodes 110,000 images.
      jasmine.DEFAULT_TIMEOUT_INTERVAL = 600_000;
      for (const path of specFiles(dirname(index))) packageRequire(path);
    },
    engine: tf.engine(),
    close: async () => {
      Deno.chdir(dirname(folder));
      await Deno.remove(folder, { recursive: true });
    },
  };
}

/** A backend without any kernels, as in tfjs-core's module of this name. */
class TestKernelBackend extends tf.KernelBackend {
  override dispose(): void {}
}

/** Makes `require` of a file give `exports`. */
function replaceModule(filename: string, exports: unknown): void {
  const module = { id: filename, filename, loaded: true, exports, children: [], paths: [] };
  // The boundary to Node's types, whose modules have members that nothing here reads.
  require.cache[filename] = module as unknown as NodeModule;
}

function specFiles(folder: string): string[] {
  return [folder, join(folder, "io")].flatMap((each) =>
    Array.from(Deno.readDirSync(each), ({ name }) => join(each, name))
  ).filter((path) => path.endsWith("_test.js")).sort();
}
