import { hall, room } from "./indoors.ts";
import { beach, meadow, prairie, shore } from "./outdoors.ts";
import type { Scene } from "../scene.ts";
import { canopy, wood } from "./woods.ts";

/** Draws what lies behind the subject; the ground begins at `horizon`. */
type Place = (scene: Scene, horizon: number) => void;

/** The places that images are taken in. */
export const places = { room, hall, meadow, prairie, wood, canopy, shore, beach } satisfies Record<
  string,
  Place
>;

export type PlaceName = keyof typeof places;
