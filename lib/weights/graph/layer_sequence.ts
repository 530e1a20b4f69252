import type { Layer } from "./layer.ts";
import { type FeatureValue, OtherLayer } from "./values.ts";

/** The layers of a net so far, and the place of the data between them. */
export class LayerSequence {
  protected readonly layers: Layer[] = [];
  /** The number of convolutions before each pooling. */
  protected readonly poolings: number[] = [];
  #position = 0;

  protected add(layer: Layer): void {
    const last = this.layers.at(-1);
    if (last && !last.activated) throw new OtherLayer(`no ReLU follows ${last.name}`);
    this.layers.push(layer);
  }

  protected next(axes: string): FeatureValue {
    return { kind: "features", position: ++this.#position, axes };
  }

  protected requireLast({ position, padding = 0 }: FeatureValue): void {
    if (position !== this.#position) throw new OtherLayer("the net has branches");
    if (padding > 0) throw new OtherLayer("what it reads is padded");
  }

  protected requireLinear(input: FeatureValue): Layer {
    this.requireLast(input);
    const layer = this.layers.at(-1)!;
    if (layer.activated || this.poolings.at(-1) === this.layers.length) {
      throw new OtherLayer("it does not follow a convolution or a fully connected layer");
    }
    return layer;
  }

  /** The units of the last fully connected layer, if there is one. */
  protected get units(): number | undefined {
    const last = this.layers.at(-1);
    return last?.kind === "dense" ? last.units : undefined;
  }
}
