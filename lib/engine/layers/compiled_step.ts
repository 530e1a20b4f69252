import { compile, type Compiled } from "../compile.ts";
import { CompileError } from "../errors.ts";
import type { tf } from "../tf.ts";

/** The tensors of a batch, some of which may be missing: weights of samples, for example. */
export type StepData = readonly (tf.Tensor | null | undefined)[];

/** A step of a model: from a batch to losses and metrics, or to predictions. */
export type ModelStep = (data: StepData) => tf.Tensor[];

/** What a compiled step depends on besides its batch: for another it is compiled again. */
type Dependencies = readonly unknown[];

/** The shapes of batches for which a step of one model is compiled; other batches run uncompiled. */
const maxShapes = 8;

/** One kind of step of a model, compiled for each shape that is repeated often enough. */
export class CompiledStep {
  readonly #warn: (line: string) => void;
  readonly #breakEven: number;
  #dependencies: Dependencies = [];
  #compiled: Compiled<tf.Tensor[], tf.Tensor[]> | undefined;
  #isRefused = false;
  /** How often there was a batch of a shape. */
  readonly #shapes = new Map<string, number>();
  readonly #compiledShapes = new Set<string>();

  /**
   * @param breakEven The number of steps after which compiling has paid off. A step is compiled once so many
   *   of its shape have run, or if so many are to come.
   * @param warn Told why steps are not compiled.
   */
  constructor(breakEven: number, warn: (line: string) => void) {
    this.#breakEven = breakEven;
    this.#warn = warn;
  }

  run({ data, remaining = 0, plain, traced, dependencies, refusal, onCompiled }: {
    readonly data: StepData;
    /** The steps that are known to come, most of the first batch's shape; this one is counted. */
    readonly remaining?: number;
    readonly plain: ModelStep;
    /** What is compiled. */
    readonly traced: ModelStep;
    readonly dependencies: Dependencies;
    /** Why no step of the model can be compiled. */
    readonly refusal?: string | undefined;
    readonly onCompiled?: () => void;
  }): tf.Tensor[] {
    const given = data.map((tensor) => tensor !== null && tensor !== undefined);
    this.#restartUnless([given.join(), ...dependencies]);
    const shape = data.map((tensor) => tensor ? `${tensor.dtype}[${tensor.shape}]` : "").join();
    const count = this.#shapes.get(shape) ?? 0;
    const isKnown = count > 0 || this.#shapes.size < maxShapes;
    if (isKnown) this.#shapes.set(shape, count + 1);
    const [first] = this.#shapes.keys();
    const toCome = shape === first ? remaining : 0;
    const pays = this.#compiledShapes.has(shape) || Math.max(count, toCome) >= this.#breakEven;
    // The first step makes the optimizer's variables.
    if (this.#isRefused || count === 0 || !pays) return plain(data);
    if (refusal !== undefined) return this.#refuse(refusal, () => plain(data));
    this.#compiledShapes.add(shape);
    this.#compiled ??= compile((...tensors: tf.Tensor[]) => {
      let next = 0;
      return released(traced(given.map((isGiven) => isGiven ? tensors[next++]! : null)));
    });
    try {
      const results = this.#compiled(...data.filter((tensor): tensor is tf.Tensor => !!tensor));
      onCompiled?.();
      return results;
    } catch (error) {
      if (!(error instanceof CompileError)) throw error;
      return this.#refuse(error.message, () => plain(data));
    }
  }

  /** Runs a step uncompiled, as all later ones. */
  #refuse(reason: string, run: () => tf.Tensor[]): tf.Tensor[] {
    this.#isRefused = true;
    this.#warn(reason);
    return run();
  }

  dispose(): void {
    this.#compiled?.dispose();
    this.#compiled = undefined;
    this.#shapes.clear();
    this.#compiledShapes.clear();
  }

  /** Forgets what was compiled, unless it depended on the same. */
  #restartUnless(dependencies: Dependencies): void {
    const known = this.#dependencies;
    const isSame = known.length === dependencies.length &&
      known.every((value, index) => value === dependencies[index]);
    if (isSame) return;
    this.dispose();
    this.#isRefused = false;
    this.#dependencies = dependencies;
  }
}

/** The results of a step as tensors that can be returned: TensorFlow.js keeps the metrics. */
function released(results: readonly tf.Tensor[]): tf.Tensor[] {
  return results.map((result) => {
    const copy = result.clone();
    if (result.kept) result.dispose();
    return copy;
  });
}
