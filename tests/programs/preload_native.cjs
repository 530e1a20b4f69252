/**
 * Loaded before a program that is measured under Node, on tfjs-node's own addon: `@tensorflow/tfjs` is
 * the instance that tfjs-node uses.
 */
const Module = require("node:module");
const load = Module._load;
const tf = load(process.env.VGG_PROGRAM_TFJS_NODE, module);
const names = ["@tensorflow/tfjs", "@tensorflow/tfjs-node", "@tensorflow/tfjs-node-gpu"];
Module._load = function (request, ...rest) {
  return names.includes(request) ? tf : load.call(this, request, ...rest);
};
Promise.all([import("./answer_downloads.mjs"), import("./observe.mjs")]).then(
  ([{ answerDownloads }, { observe }]) => {
    answerDownloads();
    observe(tf);
  },
);
