import { countVGG } from "../../../lib/vgg/analysis/count.ts";
import type { VGGOptions } from "../../../lib/vgg/options.ts";
import type { Line } from "./fit_line.ts";
import type { Gradients, LocalStep } from "./simulate.ts";

/** The gradients of a layer. */
export interface LayerGradients extends Gradients {
  readonly name: string;
  readonly kind: string;
}

/**
 * When a net's backward pass has which gradients, from the first layer to the last: each layer takes the
 * share of it that it has of all multiply-adds.
 */
export function layerGradients(network: VGGOptions): LayerGradients[] {
  const { layers, macs } = countVGG(network);
  let done = 0;
  const backwards = layers.toReversed().flatMap((layer) => {
    done += layer.macs;
    const { name, kind, parameters: size } = layer;
    return size === 0 ? [] : [{ name, kind, size, at: done / macs }];
  });
  return backwards.reverse();
}

/**
 * A worker's step of a batch. A backward pass multiplies twice as much as a forward pass; what a step
 * takes beside its images is the update.
 *
 * @param line The step's seconds by the images of its batch.
 */
export function localStep(network: VGGOptions, batch: number, line: Line): LocalStep {
  const images = batch * line.gradient;
  return {
    forward: images / 3,
    backward: 2 * images / 3,
    update: line.constant,
    gradients: layerGradients(network),
  };
}

/** The same where so many workers take turns on each core. */
export function crowded(
  { forward, backward, update, gradients }: LocalStep,
  by: number,
): LocalStep {
  return { forward: by * forward, backward: by * backward, update: by * update, gradients };
}
