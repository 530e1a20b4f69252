import { basename } from "@std/path";
import assert from "node:assert/strict";
import { decodeImage } from "../../lib/data/images/decode.ts";
import { predict } from "../../lib/evaluation/predict.ts";
import { explainImages } from "../../lib/explain/explain_images.ts";
import { openNet } from "../../lib/runs/open_net.ts";

/** All classes with their probabilities, as `predict` says them, by the files' names. */
export async function predictAll(
  from: string,
  files: readonly string[],
): Promise<Map<string, number[]>> {
  const net = await openNet(from);
  const all = new Map<string, number[]>();
  for await (const result of predict(net, files, { top: net.classes.length })) {
    assert.ok("top" in result);
    const probabilities: number[] = [];
    for (const { label, probability } of result.top) probabilities[label] = probability;
    all.set(basename(result.file), probabilities);
  }
  net.model.dispose();
  return all;
}

/** Each class's Grad-CAM of an image, by the library. */
export async function explainAll(from: string, file: string): Promise<Float32Array[]> {
  const net = await openNet(from);
  const image = await decodeImage(file, net.fit);
  const labels = net.classes.map((_, label) => label);
  const explained = await explainImages(net, labels.map(() => image), { labels });
  net.model.dispose();
  return explained.map(({ grids }) => grids.get("grad-cam")!.values);
}

/** The largest difference of two lists. */
export function largestDifference(ours: readonly number[], theirs: readonly number[]): number {
  assert.equal(ours.length, theirs.length);
  return Math.max(...ours.map((value, at) => Math.abs(value - theirs[at]!)));
}

/** Pearson's correlation of two lists. */
export function correlation(ours: ArrayLike<number>, theirs: ArrayLike<number>): number {
  const center = (values: ArrayLike<number>): number[] => {
    const list = Array.from(values);
    const mean = list.reduce((sum, value) => sum + value, 0) / list.length;
    return list.map((value) => value - mean);
  };
  const [a, b] = [center(ours), center(theirs)];
  const dot = (one: number[], other: number[]): number =>
    one.reduce((sum, value, at) => sum + value * other[at]!, 0);
  return dot(a, b) / Math.sqrt(dot(a, a) * dot(b, b));
}

/** The index of the largest value. */
export function indexOfMax(values: readonly number[]): number {
  return values.indexOf(Math.max(...values));
}
