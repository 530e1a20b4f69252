/**
 * Data exploration before training: class counts, image sizes and brightness, unusual and broken files, and
 * duplicate images, above all those that are in both training and validation.
 *
 * @example
 * ```ts ignore
 * import { exploreData, writeExploration } from "vgg/explore";
 *
 * const exploration = await exploreData("photos");
 * exploration.facts.warnings; // leaks first
 * await writeExploration(exploration); // runs/explore-photos/index.html
 * ```
 *
 * @module
 */

export { type Exploration, exploreData, type ExploreOptions } from "./explore_data.ts";
export type {
  DuplicateGroup,
  ExplorationFacts,
  Histogram,
  Leak,
  Oddity,
  PartName,
  PictureGroup,
  PictureRef,
  PictureSize,
} from "./facts.ts";
export type { FileOddity } from "../data/images/picture_facts.ts";
export type { ExplorationFigureName } from "./figures.ts";
export { writeExploration, type WriteExplorationOptions } from "./write_exploration.ts";
