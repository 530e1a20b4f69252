/**
 * VGGNet for TypeScript: build, count, train, evaluate and draw the networks of the VGG paper.
 *
 * This entry has what the notebooks use, in their order. The rest is in an entry for each subject:
 * `vgg/vgg`, `vgg/data`, `vgg/training`, `vgg/evaluation`, `vgg/figures`, `vgg/explain`, `vgg/weights`,
 * `vgg/report`, `vgg/explore`, `vgg/demo`, `vgg/paper`, `vgg/drawn10`, `vgg/distributed`, `vgg/engine` and
 * `vgg/tfjs-node`.
 *
 * @example Train on the built-in data set, evaluate, and draw the figures
 * ```ts ignore
 * import { drawRunFigures, evaluate, train } from "vgg";
 *
 * const run = await train();
 * const { top1 } = await evaluate(run);
 * await drawRunFigures(run.directory);
 * ```
 *
 * @module
 */

import "./jupyter/watch_start.ts";

// Every notebook.
export { type NotebookSettings, notebookSettings } from "./jupyter/notebook_settings.ts";
export { show } from "./jupyter/show.ts";
export { markdown } from "./display/markdown.ts";
export { table, type TableContent } from "./display/table.ts";
export { useEngine } from "./engine/use_engine.ts";
export { compile } from "./engine/compile.ts";
export { tf } from "./engine/tf.ts";
export { OptionError } from "./errors.ts";

// 1 Architecture.
export { type ConfigurationName, configurations } from "./vgg/configurations.ts";
export type { VGGOptions } from "./vgg/options.ts";
export { buildVGG } from "./vgg/build.ts";
export { countVGG } from "./vgg/analysis/count.ts";
export { receptiveFields } from "./vgg/analysis/receptive_field.ts";
export { activationRms } from "./vgg/analysis/activation_rms.ts";
export { architectureFigure } from "./figures/charts/architecture.ts";
export { layerCostsFigure } from "./figures/charts/layer_costs.ts";
export { receptiveFieldsFigure } from "./figures/charts/receptive_fields.ts";
export { drawNetwork } from "./figures/charts/network_drawing.ts";
export { heatmapsFigure } from "./figures/charts/heatmaps.ts";
export { linesFigure } from "./figures/charts/lines.ts";

// 2 Training.
export { loadDataset } from "./data/open_dataset.ts";
export type { Dataset } from "./data/dataset.ts";
export { subsetPerClass } from "./data/subset.ts";
export { previewAugmentation } from "./data/augment/mod.ts";
export { galleryFigure } from "./figures/gallery/gallery.ts";
export { imageTile } from "./figures/gallery/image_tile.ts";
export { type Recipe, recipes } from "./training/recipes.ts";
export { train } from "./training/train.ts";
export type { TrainOptions } from "./training/options.ts";
export { createScheduler } from "./training/loop/learning_rate.ts";
export { prepareShortRuns } from "./training/trials.ts";
export { type TrainingWatch, watchTraining } from "./jupyter/watch_training.ts";

// 3 Learning curves.
export { loadOrTrain } from "./jupyter/load_or_train.ts";
export { openRun, Run } from "./runs/run.ts";
export { learningCurvesFigure } from "./figures/charts/learning_curves.ts";
export { stopEarly } from "./training/loop/early_stopping.ts";

// 4 Confusion matrix.
export { evaluate } from "./evaluation/evaluate.ts";
export { watchEvaluation } from "./jupyter/watch_evaluation.ts";
export { classScores } from "./evaluation/metrics/class_scores.ts";
export { confusionMatrix, mostConfused } from "./evaluation/metrics/summarize.ts";
export { wilsonInterval } from "./evaluation/metrics/wilson.ts";
export { calibrationOf } from "./evaluation/metrics/calibration.ts";
export { confusionMatrixFigure } from "./figures/charts/confusion_matrix.ts";
export { perClassAccuracyFigure } from "./figures/charts/per_class_accuracy.ts";
export { reliabilityFigure } from "./figures/charts/reliability.ts";

// 5 Misclassified images.
export { mostConfidentMistakes } from "./evaluation/metrics/mistakes.ts";
export { predict } from "./evaluation/predict.ts";
export { misclassifiedFigure } from "./figures/gallery/misclassified.ts";
export { predictionTiles } from "./figures/gallery/prediction_tiles.ts";
export { drawRunFigures } from "./figures/run_figures.ts";

// 6 Beyond VGGNet.
export { loadModel } from "./runs/load_model.ts";
export { measureCost } from "./training/measure_cost.ts";
export { writeReport } from "./report/write_report.ts";
