import type { LayerArrays } from "../name_layers.ts";
import { countOf, type StoredArray } from "../weights_file.ts";

type Floats = Float32Array<ArrayBuffer>;

/** One layer of a net as its graph is followed. What scales or shifts its outputs is folded into it. */
export class Layer {
  readonly kind: "convolution" | "dense";
  /** Of the layer's node, for errors. */
  readonly name: string;
  readonly kernel: StoredArray;
  readonly bias: StoredArray | undefined;
  normalization: LayerArrays | undefined;
  epsilon: number | undefined;
  activated = false;
  #scale: Floats | undefined;
  #shift: Floats | undefined;

  constructor(
    kind: Layer["kind"],
    name: string,
    { kernel, bias }: { kernel: StoredArray; bias: StoredArray | undefined },
  ) {
    this.kind = kind;
    this.name = name;
    this.kernel = kernel;
    this.bias = bias;
  }

  /** The number of outputs. */
  get units(): number {
    return this.kernel.shape.at(-1)!;
  }

  /** Multiplies the outputs by one factor each. */
  multiply(factors: Floats): void {
    const times = (values: Floats | undefined): Floats | undefined =>
      values?.map((value, index) => value * factors[index]!);
    this.#scale = times(this.#scale) ?? factors;
    this.#shift = times(this.#shift);
  }

  /** Adds one number to each output. */
  add(summands: Floats): void {
    this.#shift = this.#shift?.map((value, index) => value + summands[index]!) ?? summands;
  }

  /** Whether its outputs get a bias. */
  get hasBias(): boolean {
    return this.bias !== undefined || !this.normalization && this.#shift !== undefined;
  }

  /** The kernel and the bias; a missing bias is zero if `bias` is asked for. */
  arrays(bias: boolean): LayerArrays {
    if (this.normalization) {
      const { kernel } = this;
      return bias ? { kernel, bias: this.bias ?? zeros(this.units) } : { kernel };
    }
    const kernel = scaled(this.kernel, this.#scale);
    return bias ? { kernel, bias: this.#moved(this.bias ?? zeros(this.units)) } : { kernel };
  }

  /** The normalization's arrays; other epsilons than the net's are added to the variance. */
  normalizationArrays(epsilon: number): LayerArrays {
    const { gamma, beta, moving_mean, moving_variance } = this.normalization!;
    const difference = (this.epsilon ?? epsilon) - epsilon;
    return {
      gamma: scaled(gamma!, this.#scale),
      beta: this.#moved(beta!),
      moving_mean: moving_mean!,
      moving_variance: difference === 0
        ? moving_variance!
        : changed(moving_variance!, (value) => value + difference),
    };
  }

  #moved(array: StoredArray): StoredArray {
    const [product, shift] = [scaled(array, this.#scale), this.#shift];
    return shift ? changed(product, (value, index) => value + shift[index]!) : product;
  }
}

/** Multiplies an array along its last dimension. */
function scaled(array: StoredArray, factors: Floats | undefined): StoredArray {
  if (!factors) return array;
  return changed(array, (value, index) => value * factors[index % factors.length]!);
}

function changed(
  { shape, read }: StoredArray,
  work: (value: number, index: number) => number,
): StoredArray {
  return { shape, read: async () => (await read()).map(work) };
}

function zeros(count: number): StoredArray {
  return { shape: [count], read: () => Promise.resolve(new Float32Array(countOf([count]))) };
}
