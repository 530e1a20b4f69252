/**
 * Loaded before a program that is measured under Node, on tfjs-node's own addon: `@tensorflow/tfjs` is the
 * instance that tfjs-node uses. esbuild makes a CommonJS module of it.
 *
 * @module
 */

import { createRequire } from "node:module";
import process from "node:process";
import { answerRequire } from "../../lib/engine/node/answer_require.ts";
import { answerDownloads } from "./answer_downloads.ts";
import { observe } from "./observe.ts";

const { VGG_PROGRAM_ADDON: addon, VGG_PROGRAM_ROOT: root } = process.env;
// It looks for the addon beside the package.
answerRequire(["@mapbox/node-pre-gyp"], { find: () => addon });
const requireHere = createRequire(`${root}/package.json`);
const tf = requireHere("@tensorflow/tfjs-node-gpu");
answerRequire(["@tensorflow/tfjs-node", "@tensorflow/tfjs-node-gpu"], tf);
const parts = ["", "-core", "-layers", "-converter"];
answerRequire(parts.map((part) => `@tensorflow/tfjs${part}`), tf);
answerDownloads();
observe(tf);
