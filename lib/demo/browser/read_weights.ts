/// <reference lib="dom" />
import * as tf from "@tensorflow/tfjs-core";
import { type DemoData, partFunction, partPath } from "../demo_data.ts";
import { decodeWeights, encodedBytes } from "../precision.ts";

/**
 * Reads the weights in the page, or the files beside it. Those are scripts, because pages from a disk may
 * load nothing else.
 *
 * @param onProgress Called with the fraction of the files that are read.
 */
export async function readWeights(
  { weights, precision, parts }: DemoData,
  onProgress: (fraction: number) => void,
): Promise<Map<string, tf.Tensor>> {
  const sizes = weights.map(({ shape }) => encodedBytes(shape, precision));
  const bytes = new Uint8Array(sizes.reduce((sum, size) => sum + size, 0));
  if (parts === 0) {
    bytes.set(fromBase64(document.getElementById("weights")!.textContent!));
  } else {
    let end = 0;
    for (let index = 0; index < parts; index++) {
      const part = fromBase64(await loadPart(index));
      bytes.set(part, end);
      end += part.length;
      onProgress((index + 1) / parts);
    }
  }
  const tensors = new Map<string, tf.Tensor>();
  let start = 0;
  for (const [at, { name, shape }] of weights.entries()) {
    const stored = bytes.subarray(start, start += sizes[at]!);
    tensors.set(name, tf.tensor(decodeWeights(stored, shape, precision), [...shape]));
  }
  return tensors;
}

function loadPart(index: number): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  const script = document.createElement("script");
  Object.assign(globalThis, {
    [partFunction]: (received: number, text: string) => received === index && resolve(text),
  });
  script.onerror = () => reject(new Error(`${partPath(index)} must be beside this page`));
  script.src = partPath(index);
  document.head.append(script);
  return promise.finally(() => script.remove());
}

function fromBase64(text: string): Uint8Array<ArrayBuffer> {
  // Browsers before 2025 lack the shorter way.
  return Uint8Array.fromBase64?.(text) ??
    Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
}
