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

const tfjsNode = process.env["VGG_PROGRAM_TFJS_NODE"]!;
const tf = createRequire(`${tfjsNode}/package.json`)(tfjsNode);
const parts = ["", "-core", "-layers", "-data", "-converter", "-node", "-node-gpu"];
answerRequire(parts.map((part) => `@tensorflow/tfjs${part}`), tf);
answerDownloads();
observe(tf);
