import { hall, room } from "./indoors.ts";
import { canopy, meadow, shore, wood } from "./outdoors.ts";
import type { Stage } from "./stage.ts";

/** Draws what lies behind the subject; the ground begins at `horizon`. */
type Place = (stage: Stage, horizon: number) => void;

/** The places that pictures are taken in. */
export const places = { room, hall, meadow, wood, canopy, shore } satisfies Record<string, Place>;

export type PlaceName = keyof typeof places;
