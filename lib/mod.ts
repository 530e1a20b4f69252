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
export { type Batch, batches, type BatchOptions } from "./data/batches.ts";
export {
  type BrokenFile,
  type PreparedSplit,
  type PrepareOptions,
  preparePictures,
} from "./data/cache.ts";
export {
  BrokenImageError,
  type ClassLabel,
  type Dataset,
  type Fit,
  type Picture,
  type Split,
} from "./data/dataset.ts";
export { decodePicture } from "./data/decode.ts";
export { DataError } from "./data/errors.ts";
export { findImages } from "./data/find_images.ts";
export { datasetNames, loadDataset, type LoadOptions } from "./data/load.ts";
export { keepSamples, takePerClass } from "./data/take_per_class.ts";
export type { Bundle, Showable } from "./display/bundle.ts";
export { table, type TableContent } from "./display/table.ts";
export {
  type Engine,
  type EngineName,
  engineNames,
  type EngineOptions,
  useEngine,
} from "./engine/choose.ts";
export { compile, type Compiled, type CompileOptions, type Precision } from "./engine/compile.ts";
export { tf } from "./engine/tf.ts";
export { OptionError } from "./errors.ts";
export { type Calibration, type CalibrationBin, calibrationOf } from "./evaluation/calibration.ts";
export { type ClassScore, classScores } from "./evaluation/class_scores.ts";
export { evaluate, type EvaluateOptions } from "./evaluation/evaluate.ts";
export { surestMistakes } from "./evaluation/mistakes.ts";
export {
  type ClassProbability,
  predict,
  type PredictedFile,
  type PredictOptions,
  type UnreadableFile,
} from "./evaluation/predict.ts";
export { type ConfusedPair, confusionMatrix, mostConfused } from "./evaluation/summarize.ts";
export { wilsonInterval } from "./evaluation/wilson.ts";
export type { Labels } from "./explain/choose_labels.ts";
export {
  type ExplainedPicture,
  type ExplainOptions,
  explainPictures,
  type ExplanationKind,
  explanationKinds,
} from "./explain/explain_pictures.ts";
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
export { architectureFigure } from "./figures/architecture.ts";
export { confusedPairsFigure } from "./figures/confused_pairs.ts";
export { confusionMatrixFigure } from "./figures/confusion_matrix.ts";
export { type DrawOptions, drawRunFigures, type RunFigureName } from "./figures/draw.ts";
export { explanationsFigure } from "./figures/explanations.ts";
export { explanationTiles } from "./figures/explanation_tiles.ts";
export { featureMapsFigure } from "./figures/feature_maps.ts";
export type { Figure } from "./figures/figure.ts";
export { firstFiltersFigure } from "./figures/first_filters.ts";
export { type Caption, galleryFigure, type GalleryOptions, type Tile } from "./figures/gallery.ts";
export { drawGrid, overlayHeat } from "./figures/heat.ts";
export { type Heatmap, heatmapsFigure } from "./figures/heatmaps.ts";
export { layerCostsFigure } from "./figures/layer_costs.ts";
export { learningCurvesFigure, type LearningCurvesOptions } from "./figures/learning_curves.ts";
export { type Line, linesFigure, type LinesOptions } from "./figures/lines.ts";
export { misclassifiedFigure } from "./figures/misclassified.ts";
export { drawNetwork, type NetworkDrawing } from "./figures/network_drawing.ts";
export { perClassAccuracyFigure } from "./figures/per_class_accuracy.ts";
export { paperErrorsFigure } from "./figures/paper_errors.ts";
export { patchesFigure } from "./figures/patches.ts";
export { pictureTile } from "./figures/picture_tile.ts";
export { predictionTiles } from "./figures/prediction_tiles.ts";
export { receptiveFieldsFigure } from "./figures/receptive_fields.ts";
export { reliabilityFigure } from "./figures/reliability.ts";
export { renderPng } from "./figures/render.ts";
export { saveExplanations, type SaveOptions } from "./figures/save_explanations.ts";
export { type NotebookSettings, openNotebook } from "./jupyter/open_notebook.ts";
export { show } from "./jupyter/show.ts";
export { trainOnce } from "./jupyter/train_once.ts";
export { watchEvaluation } from "./jupyter/watch_evaluation.ts";
export { type TrainingWatch, watchTraining } from "./jupyter/watch_training.ts";
export { type ExperimentOptions, runExperiment } from "./paper/experiment.ts";
export type { TestResult } from "./paper/results.ts";
export { defaultExperiment, type ExperimentSettings } from "./paper/settings.ts";
export { type ReportOptions, writeReport } from "./report/write_report.ts";
export { stopEarly } from "./training/early_stopping.ts";
export { findRun } from "./training/find_run.ts";
export { loadModel } from "./training/load_model.ts";
export { measureCost, type MeasuredCost, type MeasureOptions } from "./training/measure_cost.ts";
export { type Recipe, type RecipeName, recipes } from "./training/recipes.ts";
export { openDescribedWeights, openNet, type OpenNetOptions } from "./training/open_net.ts";
export { openResults } from "./training/open_results.ts";
export type { Results } from "./training/results.ts";
export { openRun, Run, RunError } from "./training/run.ts";
export type {
  ClassResult,
  Evaluation,
  HistoryLine,
  Mistake,
  Prediction,
  TestCrops,
  TestTime,
} from "./training/run_files.ts";
export type { RunRecord } from "./training/run_record.ts";
export { type LearningRate, startSchedule } from "./training/schedule.ts";
export { type JoinOptions, joinTraining } from "./training/join.ts";
export { leaveCluster } from "./training/serve_chief.ts";
export { train, type TrainOptions } from "./training/train.ts";
export {
  allRecipes,
  type AnyRecipeName,
  type TransferRecipeName,
  transferRecipes,
} from "./training/transfer_recipes.ts";
export { openTrials, type Trial, type TrialOptions, Trials } from "./training/trials.ts";
export type { UnfreezingStage } from "./training/unfreezing.ts";
export { TrainingError } from "./training/watch.ts";
export { alexNet, countAlexNet } from "./vgg/alexnet.ts";
export { buildVGG } from "./vgg/build.ts";
export { type ConfigurationName, configurations } from "./vgg/configurations.ts";
export { countVGG, type LayerCount, type VGGCount } from "./vgg/count.ts";
export { countStack } from "./vgg/count_stack.ts";
export { denseForm } from "./vgg/dense_form.ts";
export { type VGGOptions } from "./vgg/options.ts";
export { type ReceptiveField, receptiveFields } from "./vgg/receptive_field.ts";
export { type SignalStrength, signalStrengths } from "./vgg/signal_strengths.ts";
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
