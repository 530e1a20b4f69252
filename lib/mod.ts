/**
 * VGGNet for TypeScript: build, count, train, evaluate and draw the networks of the VGG paper.
 *
 * @example Train on the built-in data set, and see how well it went
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

export * from "./data/augment/mod.ts";
export { type Batch, batches, type BatchOptions } from "./data/pipeline/batches.ts";
export {
  type BrokenFile,
  type PreparedSplit,
  prepareImages,
  type PrepareOptions,
} from "./data/pipeline/prepared_split.ts";
export {
  BrokenImageError,
  type ClassLabel,
  type Dataset,
  type Image,
  type Resize,
  type Split,
} from "./data/dataset.ts";
export { decodeImage } from "./data/images/decode.ts";
export { DataError } from "./data/errors.ts";
export { findImages } from "./data/images/find_images.ts";
export { datasetNames, loadDataset, type LoadOptions } from "./data/open_dataset.ts";
export { subset, subsetPerClass } from "./data/subset.ts";
export type { Bundle, Showable } from "./display/bundle.ts";
export { table, type TableContent } from "./display/table.ts";
export {
  type Engine,
  type EngineName,
  engineNames,
  type EngineOptions,
  useEngine,
} from "./engine/use_engine.ts";
export { compile, type Compiled, type CompileOptions, type Precision } from "./engine/compile.ts";
export { tf } from "./engine/tf.ts";
export {
  type Calibration,
  type CalibrationBin,
  calibrationOf,
} from "./evaluation/metrics/calibration.ts";
export { type ClassScore, classScores } from "./evaluation/metrics/class_scores.ts";
export { evaluate, type EvaluateOptions } from "./evaluation/evaluate.ts";
export { mostConfidentMistakes } from "./evaluation/metrics/mistakes.ts";
export {
  type ClassProbability,
  predict,
  type PredictedFile,
  type PredictOptions,
  type UnreadableFile,
} from "./evaluation/predict.ts";
export {
  type ConfusedPair,
  confusionMatrix,
  mostConfused,
} from "./evaluation/metrics/summarize.ts";
export { wilsonInterval } from "./evaluation/metrics/wilson.ts";
export type { Labels } from "./explain/choose_labels.ts";
export {
  type ExplainedImage,
  explainImages,
  type ExplainOptions,
  type ExplanationKind,
  explanationKinds,
} from "./explain/explain_images.ts";
export { featureMaps } from "./explain/feature_maps.ts";
export { firstFilters } from "./explain/first_filters.ts";
export { gradCAM, type GradCAMOptions } from "./explain/grad_cam.ts";
export type { ClassGrid, Grid } from "./explain/grid.ts";
export { guidedBackpropagation, type GuidedOptions } from "./explain/guided_backpropagation.ts";
export { guidedGradCAM } from "./explain/guided_grad_cam.ts";
export { occlusion, type OcclusionOptions } from "./explain/occlusion.ts";
export { resizeGrid } from "./explain/resize_grid.ts";
export {
  type ChannelPatches,
  type Patch,
  type PatchOptions,
  strongestPatches,
} from "./explain/strongest_patches.ts";
export { type CostlyPrediction, topLosses } from "./explain/top_losses.ts";
export { architectureFigure } from "./figures/charts/architecture.ts";
export { confusedPairsFigure } from "./figures/charts/confused_pairs.ts";
export { confusionMatrixFigure } from "./figures/charts/confusion_matrix.ts";
export { type DrawOptions, drawRunFigures, type RunFigureName } from "./figures/run_figures.ts";
export { explanationsFigure } from "./figures/gallery/explanations.ts";
export { explanationTiles } from "./figures/gallery/explanation_tiles.ts";
export { featureMapsFigure } from "./figures/gallery/feature_maps.ts";
export type { Figure } from "./figures/figure.ts";
export { firstFiltersFigure } from "./figures/gallery/first_filters.ts";
export {
  type Caption,
  galleryFigure,
  type GalleryOptions,
  type Tile,
} from "./figures/gallery/gallery.ts";
export { drawGrid, overlayHeat } from "./figures/gallery/heat.ts";
export { type Heatmap, heatmapsFigure } from "./figures/charts/heatmaps.ts";
export { layerCostsFigure } from "./figures/charts/layer_costs.ts";
export {
  learningCurvesFigure,
  type LearningCurvesOptions,
} from "./figures/charts/learning_curves.ts";
export { type Line, linesFigure, type LinesOptions } from "./figures/charts/lines.ts";
export { misclassifiedFigure } from "./figures/gallery/misclassified.ts";
export { drawNetwork, type NetworkDrawing } from "./figures/charts/network_drawing.ts";
export { perClassAccuracyFigure } from "./figures/charts/per_class_accuracy.ts";
export { paperErrorsFigure } from "./paper/errors_figure.ts";
export { patchesFigure } from "./figures/charts/patches.ts";
export { imageTile } from "./figures/gallery/image_tile.ts";
export { predictionTiles } from "./figures/gallery/prediction_tiles.ts";
export { receptiveFieldsFigure } from "./figures/charts/receptive_fields.ts";
export { reliabilityFigure } from "./figures/charts/reliability.ts";
export { renderPng } from "./figures/render/render.ts";
export { saveExplanations, type SaveOptions } from "./figures/gallery/save_explanations.ts";
export { type NotebookSettings, notebookSettings } from "./jupyter/notebook_settings.ts";
export { show } from "./jupyter/show.ts";
export { loadOrTrain } from "./jupyter/load_or_train.ts";
export { watchEvaluation } from "./jupyter/watch_evaluation.ts";
export { type TrainingWatch, watchTraining } from "./jupyter/watch_training.ts";
export { type ExperimentOptions, runExperiment } from "./paper/experiment.ts";
export type { TestResult } from "./paper/results.ts";
export { defaultExperiment, type ExperimentSettings } from "./paper/settings.ts";
export { type ReportOptions, writeReport } from "./report/write_report.ts";
export { stopEarly } from "./training/loop/early_stopping.ts";
export { findRun } from "./training/find_run.ts";
export { loadModel } from "./runs/load_model.ts";
export { measureCost, type MeasuredCost, type MeasureOptions } from "./training/measure_cost.ts";
export {
  allRecipes,
  type AnyRecipeName,
  type Recipe,
  type RecipeName,
  recipes,
  type TransferRecipeName,
  transferRecipes,
} from "./training/recipes.ts";
export { openDescribedWeights, openNet, type OpenNetOptions } from "./runs/open_net.ts";
export { openResults } from "./runs/open_results.ts";
export type { Results } from "./runs/results.ts";
export { openRun, Run, RunError } from "./runs/run.ts";
export type {
  ClassResult,
  Evaluation,
  HistoryLine,
  Mistake,
  Prediction,
  TestCrops,
  TestTime,
} from "./runs/schemas.ts";
export type { RunRecord } from "./runs/run_record.ts";
export { createScheduler, type Scheduler } from "./training/loop/learning_rate.ts";
export { type JoinOptions, joinTraining } from "./distributed/join_training.ts";
export { leaveCluster } from "./distributed/serve_chief.ts";
export { train } from "./training/train.ts";
export type { TrainOptions } from "./training/options.ts";
export {
  prepareShortRuns,
  type ShortRun,
  type ShortRunOptions,
  ShortRuns,
} from "./training/trials.ts";
export type { UnfreezingStage } from "./training/step/frozen_layers.ts";
export { TrainingError } from "./training/loop/loss_monitor.ts";
export { alexNet, countAlexNet } from "./vgg/analysis/alexnet.ts";
export { buildVGG } from "./vgg/build.ts";
export { type ConfigurationName, configurations } from "./vgg/configurations.ts";
export { countVGG, type LayerCount, type VGGCount } from "./vgg/analysis/count.ts";
export { countStack } from "./vgg/analysis/count_stack.ts";
export { toFullyConvolutional } from "./vgg/fully_convolutional.ts";
export { type VGGOptions } from "./vgg/options.ts";
export { type ReceptiveField, receptiveFields } from "./vgg/analysis/receptive_field.ts";
export { type ActivationRms, activationRms } from "./vgg/analysis/activation_rms.ts";
export {
  type DescribedWeights,
  type DescribeOptions,
  describeWeights,
} from "./weights/describe.ts";
export {
  type ExportFormatName,
  exportFormats,
  exportWeights,
} from "./weights/export/export_weights.ts";
export type { Net, NetDescription } from "./weights/net.ts";
export { openWeights, type StoredWeights } from "./weights/open_weights.ts";
export { type PublishedName, publishedWeights } from "./weights/published.ts";
export { loadWeights, saveWeights } from "./weights/weights.ts";
