import type { Tensor } from "./tensors.ts";

/** What a node of a graph gives, as far as the layers of a net follow from it. */
export type GraphValue = ConstantValue | ShapeValue | ImageValue | FeatureValue;

/** Numbers that do not depend on the image. */
export interface ConstantValue {
  readonly kind: "constant";
  readonly tensor: Tensor;
}

/** The lengths of a tensor, or what is computed from them; they follow from the layers. */
export interface ShapeValue {
  readonly kind: "shape";
}

/** How one channel follows from the image's: `scale · image[source] + shift`. */
export interface ChannelOrigin {
  readonly source: number;
  readonly scale: number;
  readonly shift: number;
}

/** The image before the first convolution. */
export interface ImageValue {
  readonly kind: "image";
  /** A letter for each dimension: N, H, W and C in the value's order. */
  readonly axes: string;
  readonly channels: readonly ChannelOrigin[];
  /** The rows and columns of zeros around it. */
  readonly padding?: number;
}

/** What the layers up to a position of the net give. */
export interface FeatureValue {
  readonly kind: "features";
  /** The number of steps of the net up to here. A value that is not the last one has a branch. */
  readonly position: number;
  /** N, H, W and C for maps in the value's order, NC for units, NF for flattened maps. */
  readonly axes: string;
  /** The order of flattened maps, the fastest dimension last: `HWC` or `CHW`. */
  readonly flattened?: string;
  readonly padding?: number;
}

/** A structure that no net of this library has. In the convolutions it is an error, behind them another head. */
export class OtherLayer extends Error {}

export const shapeValue: ShapeValue = { kind: "shape" };

/** Whether a value follows from the image. */
export function isData(value: GraphValue | undefined): value is ImageValue | FeatureValue {
  return value?.kind === "image" || value?.kind === "features";
}
