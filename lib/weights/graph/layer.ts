import type { LayerArrays } from "../name_layers.ts";
import type { StoredArray } from "../weights_file.ts";

type Floats = Float32Array<ArrayBuffer>;

/** Factors and summands of outputs, that are folded into the arrays of the layer before them. */
class Adjustment {
  #scale: Floats | undefined;
  #shift: Floats | undefined;

  multiply(factors: Floats): void {
    const times = (values: Floats | undefined): Floats | undefined =>
      values?.map((value, index) => value * factors[index]!);
    this.#scale = times(this.#scale) ?? factors;
    this.#shift = times(this.#shift);
  }

  add(summands: Floats): void {
    this.#shift = this.#shift?.map((value, index) => value + summands[index]!) ?? summands;
  }

  get shifts(): boolean {
    return this.#shift !== undefined;
  }

  /** Multiplies an array along its last dimension. */
  scaled(array: StoredArray): StoredArray {
    const factors = this.#scale;
    if (!factors) return array;
    return changed(array, (value, index) => value * factors[index % factors.length]!);
  }

  scaledAndShifted(array: StoredArray): StoredArray {
    const [product, shift] = [this.scaled(array), this.#shift];
    return shift ? changed(product, (value, index) => value + shift[index]!) : product;
  }
}

/** One layer of a net as its graph is followed. What scales or shifts its outputs is folded into it. */
export class Layer {
  readonly kind: "convolution" | "dense";
  /** Of the layer's node, for errors. */
  readonly name: string;
  activated = false;
  readonly #kernel: StoredArray;
  readonly #bias: StoredArray | undefined;
  readonly #adjustment = new Adjustment();
  #normalization: { arrays: LayerArrays; epsilon: number; adjustment: Adjustment } | undefined;

  constructor(
    kind: Layer["kind"],
    name: string,
    { kernel, bias }: { kernel: StoredArray; bias: StoredArray | undefined },
  ) {
    this.kind = kind;
    this.name = name;
    this.#kernel = kernel;
    this.#bias = bias;
  }

  /** The number of outputs. */
  get units(): number {
    return this.#kernel.shape.at(-1)!;
  }

  /** Multiplies the outputs by one factor each. */
  multiply(factors: Floats): void {
    (this.#normalization?.adjustment ?? this.#adjustment).multiply(factors);
  }

  /** Adds one number to each output. */
  add(summands: Floats): void {
    (this.#normalization?.adjustment ?? this.#adjustment).add(summands);
  }

  /** Normalizes the outputs. */
  normalize(arrays: LayerArrays, epsilon: number): void {
    this.#normalization = { arrays, epsilon, adjustment: new Adjustment() };
  }

  /** What is added to the variance, if the outputs are normalized. */
  get epsilon(): number | undefined {
    return this.#normalization?.epsilon;
  }

  /** Whether its outputs get a bias. */
  get hasBias(): boolean {
    return this.#bias !== undefined || this.#adjustment.shifts;
  }

  /** The kernel and, if it is asked for, the bias; a missing one is zero. */
  arrays(bias: boolean): LayerArrays {
    const kernel = this.#adjustment.scaled(this.#kernel);
    if (!bias) return { kernel };
    return { kernel, bias: this.#adjustment.scaledAndShifted(this.#bias ?? zeros(this.units)) };
  }

  /** The normalization's arrays; other epsilons than the net's are added to the variance. */
  normalizationArrays(epsilon: number): LayerArrays[] {
    if (!this.#normalization) return [];
    const { arrays, epsilon: own, adjustment } = this.#normalization;
    const { gamma, beta, moving_mean, moving_variance } = arrays;
    const difference = own - epsilon;
    return [{
      gamma: adjustment.scaled(gamma!),
      beta: adjustment.scaledAndShifted(beta!),
      moving_mean: moving_mean!,
      moving_variance: difference === 0
        ? moving_variance!
        : changed(moving_variance!, (value) => value + difference),
    }];
  }
}

function changed(
  { shape, read }: StoredArray,
  work: (value: number, index: number) => number,
): StoredArray {
  return { shape, read: async () => (await read()).map(work) };
}

function zeros(count: number): StoredArray {
  return { shape: [count], read: () => Promise.resolve(new Float32Array(count)) };
}
