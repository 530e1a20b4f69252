import { type Canvas, createCanvas } from "@napi-rs/canvas";
import type { Picture } from "../dataset.ts";
import { type RandomStream, randomStream } from "../random.ts";
import { type Camera, develop, randomCamera } from "./camera.ts";
import { drawnClasses } from "./classes.ts";
import { foreground } from "./foreground.ts";
import { randomLight } from "./light.ts";
import { places } from "./places.ts";
import { chance, type Pen, pick, type Stage, within } from "./stage.ts";

/** Drawn larger and reduced, edges and hairs are smooth. */
const OVERSAMPLING = 2;

/**
 * Draws a picture of a class: the subject in a place, under a light, through a camera. The stream
 * decides all of it, and its length is independent of the size: one stream gives the same scene at
 * every size.
 *
 * @param label The class's number, 0 to 9.
 * @param size The picture's side in pixels.
 */
export function drawPicture(label: number, random: RandomStream, size: number): Picture {
  const drawnClass = drawnClasses[label];
  if (!drawnClass) {
    throw new RangeError(`class must be 0 to ${drawnClasses.length - 1}. Received: ${label}`);
  }
  // The noise has a value a pixel, and so a stream of its own.
  const noise = randomStream("noise", random.integer(0, 2 ** 31 - 1));
  const light = randomLight(random);
  const camera = randomCamera(random);
  const side = size * OVERSAMPLING;
  const [film, backdrop] = openCanvases(side);
  const stageOn = (pen: Pen): Stage => ({ pen, random, light });

  const horizon = random.uniform(30, 68);
  const place = pick(random, drawnClass.places);
  frame(backdrop.getContext("2d"), side, camera, (pen) => places[place](stageOn(pen), horizon));
  const pen = film.getContext("2d");
  pen.filter = blurFilter(camera.depthBlur, side);
  pen.drawImage(backdrop, 0, 0);
  pen.filter = "none";

  const spot = {
    x: 50 + random.normal() * 9,
    y: Math.min(97, horizon + 10 + random.uniform(0.2, 1) * (88 - horizon)),
    scale: Math.exp(random.uniform(-0.55, 0.42)),
    flip: chance(random, 0.5),
  };
  frame(pen, side, camera, () => within(pen, spot, () => drawnClass.draw(stageOn(pen))));
  frame(pen, side, camera, () => foreground(stageOn(pen), place));
  const developed = camera.blur === 0 ? pen : blurred(film, backdrop, camera.blur);
  return { width: size, height: size, data: develop(developed, size, OVERSAMPLING, camera, noise) };
}

/** Two canvases of the last size are kept: pictures are mostly drawn many of a size. */
let kept: readonly [Canvas, Canvas] | undefined;

function openCanvases(side: number): readonly [Canvas, Canvas] {
  if (kept?.[0].width !== side) kept = [createCanvas(side, side), createCanvas(side, side)];
  return kept;
}

/** Draws in units of the frame, which the camera may hold askew. */
function frame(pen: Pen, side: number, camera: Camera, action: (pen: Pen) => void): void {
  pen.save();
  pen.scale(side / 100, side / 100);
  pen.translate(50, 50);
  pen.rotate(camera.roll);
  pen.translate(-50, -50);
  action(pen);
  pen.restore();
}

function blurred(film: Canvas, other: Canvas, radius: number): Pen {
  const pen = other.getContext("2d");
  pen.filter = blurFilter(radius, film.width);
  pen.drawImage(film, 0, 0);
  pen.filter = "none";
  return pen;
}

/** A blur of a radius in units of the frame; one of a fraction of a pixel is none. */
function blurFilter(radius: number, side: number): string {
  const pixels = radius * side / 100;
  return pixels < 0.3 ? "none" : `blur(${pixels}px)`;
}
