/**
 * Figures: pure functions from data to a Plotly specification, which `renderPng` draws without a
 * browser. A figure shows itself as the last value of a notebook's cell.
 *
 * @example
 * ```ts
 * import { linesFigure, renderPng } from "vgg/figures";
 *
 * const titles = { title: "Training loss", xTitle: "epoch", yTitle: "loss" };
 * const figure = linesFigure([{ name: "loss", values: [2.3, 1.1, 0.6] }], titles);
 * const png = await renderPng(figure);
 * png.subarray(1, 4); // the letters PNG
 * ```
 *
 * @module
 */

export type { Figure } from "./figure.ts";
export type { FigureOptions, Heading } from "./plotly/style.ts";
export { type RenderOptions, renderPng } from "./render/render.ts";
export { type DrawOptions, drawRunFigures, type RunFigureName } from "./run_figures.ts";
export { architectureFigure } from "./charts/architecture.ts";
export {
  type BlockDrawing,
  drawNetwork,
  type LayerDrawing,
  type NetworkDrawing,
} from "./charts/network_drawing.ts";
export { layerCostsFigure } from "./charts/layer_costs.ts";
export { receptiveFieldsFigure } from "./charts/receptive_fields.ts";
export type { EpochMark } from "./charts/epoch_marks.ts";
export { learningCurvesFigure, type LearningCurvesOptions } from "./charts/learning_curves.ts";
export { confusionMatrixFigure } from "./charts/confusion_matrix.ts";
export { confusedPairsFigure } from "./charts/confused_pairs.ts";
export {
  perClassAccuracyFigure,
  type PerClassAccuracyOptions,
} from "./charts/per_class_accuracy.ts";
export { reliabilityFigure } from "./charts/reliability.ts";
export { histogramFigure, type HistogramOptions } from "./charts/histogram.ts";
export { type ClassCounts, classCountsFigure } from "./charts/class_counts.ts";
export { type Heatmap, heatmapsFigure } from "./charts/heatmaps.ts";
export { type Line, linesFigure, type LinesOptions } from "./charts/lines.ts";
export { patchesFigure } from "./charts/patches.ts";
export { type Caption, galleryFigure, type GalleryOptions, type Tile } from "./gallery/gallery.ts";
export type { TileScale } from "./gallery/tile_scale.ts";
export { imageTile } from "./gallery/image_tile.ts";
export { misclassifiedFigure, type ShownMistake } from "./gallery/misclassified.ts";
export { predictionTiles, type ShownPrediction } from "./gallery/prediction_tiles.ts";
export { explanationsFigure } from "./gallery/explanations.ts";
export {
  explanationRow,
  type ExplanationRowOptions,
  explanationRows,
  type ExplanationRowsOptions,
} from "./gallery/explanation_rows.ts";
export { explanationTiles } from "./gallery/explanation_tiles.ts";
export { featureMapsFigure } from "./gallery/feature_maps.ts";
export { firstFiltersFigure } from "./gallery/first_filters.ts";
export { drawGrid, type HeatOptions, overlayHeat } from "./gallery/heat.ts";
export { saveExplanations, type SaveOptions } from "./gallery/save_explanations.ts";
export { writeRunImages } from "./write_run_images.ts";
