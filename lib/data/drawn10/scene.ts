import type { RandomStream } from "../../random/stream.ts";
import type { Light } from "./light.ts";
import type { Pen } from "./pen.ts";

/**
 * Where an image is drawn. The frame is 100 × 100 units, whatever the image's size in pixels;
 * a subject stands on its origin and reaches up to about y = -60 (y grows downwards).
 */
export interface Scene {
  readonly pen: Pen;
  readonly random: RandomStream;
  readonly light: Light;
}

/** The scene as a mirrored subject sees it: its light comes from the other side. */
export function mirrored(scene: Scene): Scene {
  return { ...scene, light: { ...scene.light, side: -scene.light.side } };
}
