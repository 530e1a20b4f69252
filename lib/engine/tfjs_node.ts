/**
 * Stands in for `@tensorflow/tfjs-node` and `@tensorflow/tfjs-node-gpu`: everything that these export, on
 * this project's engine. One line of an import map makes a program use it:
 *
 * `"@tensorflow/tfjs-node": "vgg/tfjs-node"`
 *
 * The import starts the engine as `useEngine()` does. Once this module has been loaded, `require` of the
 * two names gives the same, and `require` of `@tensorflow/tfjs` the TensorFlow.js that it uses: a CommonJS
 * program runs by `deno run --preload=vgg/tfjs-node`.
 *
 * @example
 * ```ts ignore
 * import * as tf from "vgg/tfjs-node"; // or, with that line, from "@tensorflow/tfjs-node"
 *
 * const image = tf.node.decodeImage(await Deno.readFile("cat.jpg"));
 * image.dispose();
 * ```
 *
 * @module
 */

import * as all from "@tensorflow/tfjs";
import type * as files from "@tensorflow/tfjs-node-gpu/dist/io/index.js";
import type { node as functions } from "@tensorflow/tfjs-node-gpu/dist/node.js";
import { answerRequire } from "./node/answer_require.ts";
import { register, type TfjsNode } from "./node/register.ts";
import { useEngine } from "./use_engine.ts";

export * from "@tensorflow/tfjs";

await useEngine();

const added: TfjsNode = await register();

/** tfjs-node's own functions: images, SavedModels and TensorBoard. */
export const node: typeof functions = added.node;

/** TensorFlow.js's `io` with tfjs-node's `fileSystem` and `nodeHTTPRequest`. */
export const io: typeof all.io & Omit<typeof files, "default"> = { ...all.io, ...added.io };

/** The versions of TensorFlow.js's packages, and of the tfjs-node that this stands in for. */
export const version: typeof all.version & { "tfjs-node": string } = {
  ...all.version,
  "tfjs-node": added.version,
};

const { default: tfjs, ...names } = all;

/** All exports in one object, as `import tf from` and `require` give it. */
const tfjsNode: Omit<typeof all, "default" | "io" | "version"> & {
  io: typeof io;
  node: typeof node;
  version: typeof version;
} = { ...names, io, node, version };

export default tfjsNode;

answerRequire(["@tensorflow/tfjs-node", "@tensorflow/tfjs-node-gpu"], tfjsNode);
// Copies of a program's own, or of its packages', would have layers and handlers of their own.
const parts = ["", "-core", "-layers", "-converter"];
answerRequire(parts.map((part) => `@tensorflow/tfjs${part}`), tfjs);
