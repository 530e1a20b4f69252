import type { tf } from "../../engine/tf.ts";
import type { Recipe } from "../recipes.ts";
import { frozenLayers, type UnfreezingStage } from "./frozen_layers.ts";
import { TrainingStep, type TrainingStepOptions } from "./training_step.ts";

/** The settings of an {@linkcode UnfreezingStep}. */
export interface UnfreezingStepOptions extends TrainingStepOptions {
  readonly recipe: TrainingStepOptions["recipe"] & Pick<Recipe, "unfreezing" | "epochs">;
  /** The names of the layers that the initial weights did not include. */
  readonly newLayers?: readonly string[];
}

/** The step of an epoch. */
export interface EpochStep {
  readonly step: TrainingStep;
  /** Factor on the learning rate. */
  readonly factor: number;
}

/**
 * The training steps of a net that is unfrozen in stages: one step for all epochs of a stage. At the
 * beginning of the next stage the step is compiled again and the optimizer's state starts at zero. Without stages
 * there is a single step.
 */
export class UnfreezingStep {
  readonly #model: tf.LayersModel;
  readonly #options: UnfreezingStepOptions;
  #stage: UnfreezingStage | undefined;
  #step: TrainingStep | undefined;

  /** @param model A net that returns logits. */
  constructor(model: tf.LayersModel, options: UnfreezingStepOptions) {
    this.#model = model;
    this.#options = options;
  }

  /**
   * Returns the step of an epoch. It is disposed of when the next stage begins.
   *
   * @param epoch Counted from 1. Epochs must be requested in order.
   */
  at(epoch: number): EpochStep {
    const stage = stageAt(this.#options.recipe, epoch);
    if (!this.#step || stage !== this.#stage) {
      this.dispose();
      this.#stage = stage;
      this.#step = new TrainingStep(this.#model, { ...this.#options, frozen: this.#frozen() });
    }
    return { step: this.#step, factor: stage?.rate ?? 1 };
  }

  dispose(): void {
    this.#step?.dispose();
    this.#step = undefined;
  }

  #frozen(): tf.layers.Layer[] {
    const { newLayers = [] } = this.#options;
    return this.#stage ? frozenLayers(this.#model, this.#stage.blocks, newLayers) : [];
  }
}

/** The stage of an epoch, counted from 1, if the recipe has stages. */
export function stageAt(
  { unfreezing, epochs }: Pick<Recipe, "unfreezing" | "epochs">,
  epoch: number,
): UnfreezingStage | undefined {
  return unfreezing?.find(({ until }) => (epoch - 1) / epochs < until);
}
