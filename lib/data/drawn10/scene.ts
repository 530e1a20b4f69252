import type { RandomStream } from "../../random/stream.ts";
import type { Light } from "./light.ts";
import type { Pen } from "./pen.ts";

/**
 * What the drawing functions of an image share. The frame is 100 × 100 units, whatever the image's size
 * in pixels. A subject stands on its origin and reaches up to about y = -60 (y grows downward).
 */
export interface Scene {
  readonly pen: Pen;
  readonly random: RandomStream;
  readonly light: Light;
}

/** Returns the scene for a mirrored subject: the light comes from the other side. */
export function mirrored(scene: Scene): Scene {
  return { ...scene, light: { ...scene.light, side: -scene.light.side } };
}
