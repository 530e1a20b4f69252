import { WeightsError } from "../errors.ts";
import { adjustImage } from "./image_origin.ts";
import type { LayerChain } from "./layer_chain.ts";
import { channelValues, combined, readSmall, type Tensor } from "./tensors.ts";
import { type GraphValue, isData, OtherLayer } from "./values.ts";

/** An operation of arithmetic on two values. */
export interface Arithmetic {
  readonly how: "multiply" | "add";
  readonly work: (a: number, b: number) => number;
  /** The first value that leaves the second as it is, or gives its inverse. */
  readonly neutral: number;
  readonly isCommutative: boolean;
}

export const arithmetic: Readonly<Record<"add" | "subtract" | "multiply" | "divide", Arithmetic>> =
  {
    add: { how: "add", work: (a, b) => a + b, neutral: 0, isCommutative: true },
    subtract: { how: "add", work: (a, b) => a - b, neutral: 0, isCommutative: false },
    multiply: { how: "multiply", work: (a, b) => a * b, neutral: 1, isCommutative: true },
    divide: { how: "multiply", work: (a, b) => a / b, neutral: 1, isCommutative: false },
  };

/**
 * Computes constants, or adjusts data by a constant: a bias, a normalization, or how pixels become the
 * net's input.
 */
export async function compute(
  chain: LayerChain,
  [first, second]: readonly (GraphValue | undefined)[],
  { how, work, neutral, isCommutative }: Arithmetic,
): Promise<GraphValue> {
  if (first?.kind === "constant" && second?.kind === "constant") {
    return { kind: "constant", tensor: await combined([first.tensor, second.tensor], work) };
  }
  const [data, other] = isData(first) ? [first, second] : [second, first];
  if (!isData(data)) throw new OtherLayer("it does not read the image");
  if (!other) throw new WeightsError("a constant of it is missing");
  if (other.kind !== "constant") throw new OtherLayer("the net has branches");
  if (data !== first && !isCommutative) {
    throw new OtherLayer("it subtracts from a constant, or divides one");
  }
  const { tensor: { shape } } = other;
  const read = async (): Promise<Float32Array<ArrayBuffer>> =>
    (await readSmall(other.tensor)).map((value) => work(neutral, value));
  const tensor: Tensor = { shape, read };
  if (data.kind === "features") return await chain.adjust(data, tensor, how);
  return adjustImage(data, await channelValues(tensor, data.axes, data.channels.length), how);
}
