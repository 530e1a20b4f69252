import type { tf } from "../../engine/tf.ts";
import type { Recipe } from "../recipes.ts";
import { TrainingStep, type TrainingStepOptions } from "./training_step.ts";
import { frozenLayers, type UnfreezingStage } from "./frozen_layers.ts";

/** What a staged step works with. */
export interface UnfreezingStepOptions extends TrainingStepOptions {
  readonly recipe: TrainingStepOptions["recipe"] & Pick<Recipe, "unfreezing" | "epochs">;
  /** Names of the layers that did not come with the weights which the net starts from. */
  readonly newLayers?: readonly string[];
}

/** The step of an epoch. */
export interface EpochStep {
  readonly step: TrainingStep;
  /** Factor on the learning rate. */
  readonly factor: number;
}

/**
 * The training steps of a net that is unfrozen in stages: one for all epochs of a stage, recorded anew
 * and with its velocities at zero where the next one begins. Without stages it is one step.
 */
export class UnfreezingStep {
  readonly #model: tf.LayersModel;
  readonly #options: UnfreezingStepOptions;
  #stage: UnfreezingStage | undefined;
  #step: TrainingStep | undefined;

  /** @param model Gives logits. */
  constructor(model: tf.LayersModel, options: UnfreezingStepOptions) {
    this.#model = model;
    this.#options = options;
  }

  /** @param epoch Counted from 1; they must be asked for in their order. */
  at(epoch: number): EpochStep {
    const { unfreezing = [], epochs } = this.#options.recipe;
    const stage = unfreezing.find(({ until }) => (epoch - 1) / epochs < until);
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
