import assert from "node:assert/strict";
import { type AlexNetCount, countAlexNet } from "../../../lib/vgg/analysis/alexnet.ts";

const sum = (counts: readonly AlexNetCount[], key: "parameters" | "macs"): number =>
  counts.reduce((total, count) => total + count[key], 0);

/** Caffe's reference model has 60,965,224 parameters and 724 M multiply-adds. */
Deno.test("countAlexNet() gives the published numbers of the network on two cards", () => {
  assert.equal(sum(countAlexNet(), "parameters"), 60_965_224);
  assert.equal((sum(countAlexNet(), "macs") / 1e6).toFixed(0), "724");
});

/** The article's 62 M: every convolution reads all channels. */
Deno.test("countAlexNet() gives the published number of the network without groups", () => {
  assert.equal(sum(countAlexNet(false), "parameters"), 62_378_344);
});

Deno.test("countAlexNet() counts its first layers as by hand", () => {
  const [first, second] = countAlexNet();
  assert.equal(first?.parameters, 11 * 11 * 3 * 96 + 96);
  assert.equal(second?.parameters, 5 * 5 * 48 * 256 + 256);
  assert.equal(second?.macs, 27 * 27 * 5 * 5 * 48 * 256);
});
