import type { ClassLabel } from "../dataset.ts";
import { basket } from "./basket.ts";
import { bucket } from "./bucket.ts";
import type { PlaceName } from "./places.ts";
import type { Stage } from "./stage.ts";

/** A class: what it is called, where it is found, and how one of it is drawn. */
export interface DrawnClass extends ClassLabel {
  /** Named twice, a place is twice as likely. */
  readonly places: readonly [PlaceName, ...PlaceName[]];
  draw(stage: Stage): void;
}

const vesselPlaces = ["room", "room", "room", "meadow", "shore"] as const;

/** The ten classes, by the ids that ImageNet gives them. */
export const drawnClasses: readonly DrawnClass[] = [
  { id: "n02909870", name: "bucket", places: vesselPlaces, draw: bucket },
  { id: "n04204238", name: "shopping basket", places: vesselPlaces, draw: basket },
];
