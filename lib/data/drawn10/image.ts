import { type Canvas, createCanvas } from "@napi-rs/canvas";
import { randomGenerator } from "../../random/generator.ts";
import type { RandomStream } from "../../random/stream.ts";
import type { Image } from "../dataset.ts";
import { type Camera, develop, randomCamera } from "./camera.ts";
import { drawnClasses } from "./classes.ts";
import { randomLight } from "./light.ts";
import { chance, type Pen, pick, within } from "./pen.ts";
import { mirrored, type Scene } from "./scene.ts";
import { foreground, places } from "./scenes/places.ts";

/**
 * Draws an image of a class: a subject with a background, a light and a camera. The same stream gives
 * the same scene at every size; only the noise differs.
 *
 * @param label The index of the class, 0 to 9.
 * @param random A stream used for this image only.
 * @param size The image's side in pixels.
 * @throws {RangeError} If there is no such class.
 *
 * @example
 * ```ts
 * import { randomStream } from "../../random/stream.ts";
 * import { drawImage } from "./image.ts";
 *
 * const bison = drawImage(4, randomStream("a bison"), 64);
 * console.assert(bison.data.length === 64 * 64 * 3);
 * ```
 */
export function drawImage(label: number, random: RandomStream, size: number): Image {
  const subject = drawnClasses[label];
  if (!subject) {
    throw new RangeError(`class must be 0 to ${drawnClasses.length - 1}. Received: ${label}`);
  }
  // The noise needs one value per pixel, so it gets another stream: the scene must not depend on the size.
  const noise = randomGenerator("noise", random.integer(0, 2 ** 31 - 1));
  const camera = randomCamera(random);
  const light = randomLight(random);
  const place = pick(random, subject.places);
  const horizon = random.uniform(30, 68);
  const spot = {
    x: 50 + random.normal() * 9,
    y: Math.min(97, horizon + 10 + random.uniform(0.2, 1) * (88 - horizon)),
    scale: Math.exp(random.uniform(-0.55, 0.42)),
    flip: chance(random, 0.5),
  };
  const { film, layer, print } = openCanvases(size);
  const on = (canvas: Canvas, draw: (scene: Scene) => void): void =>
    frame(canvas, camera, (pen) => draw({ pen, random, light }));

  on(layer, (scene) => places[place](scene, horizon));
  expose(film, layer, camera.farBlur);
  on(film, (scene) => {
    within(scene.pen, spot, () => subject.draw(spot.flip ? mirrored(scene) : scene));
  });
  layer.getContext("2d").clearRect(0, 0, layer.width, layer.height);
  on(layer, (scene) => foreground(scene, place));
  overlay(film, layer, camera.nearBlur);
  expose(print, film, camera.blur);
  const pixels = print.getContext("2d").getImageData(0, 0, size, size).data;
  return { width: size, height: size, data: develop(pixels, camera, noise) };
}

interface Canvases {
  /** The image before post-processing. */
  readonly film: Canvas;
  /** The background or the foreground before it is blurred. */
  readonly layer: Canvas;
  /** The film at the image's size. */
  readonly print: Canvas;
}

/** The canvases of the last size, reused because most images are drawn at one size. */
let lastCanvases: Canvases | undefined;

function openCanvases(size: number): Canvases {
  if (lastCanvases?.print.width === size) return lastCanvases;
  // Small images are drawn larger and reduced, so that thin lines and hairs stay visible.
  const side = size < 128 ? size * 2 : size;
  const [film, layer, print] = [side, side, size].map((width) => createCanvas(width, width));
  if (!film || !layer || !print) throw new RangeError(`size must be above 0. Received: ${size}`);
  return lastCanvases = { film, layer, print };
}

/** Draws in units of the frame, rotated by the camera's roll. */
function frame(canvas: Canvas, { roll }: Camera, draw: (pen: Pen) => void): void {
  const pen = canvas.getContext("2d");
  pen.save();
  pen.scale(canvas.width / 100, canvas.height / 100);
  pen.translate(50, 50);
  pen.rotate(roll);
  pen.translate(-50, -50);
  draw(pen);
  pen.restore();
}

/** Copies a full canvas to another, blurred by a radius in units of the frame. */
function expose(onto: Canvas, canvas: Canvas, radius: number): void {
  // A blur fades at the frame's edges, so the sharp canvas is drawn below it.
  overlay(onto, canvas, 0);
  if (radius > 0) overlay(onto, canvas, radius);
}

/** Draws a canvas over another, blurred by a radius in units of the frame. */
function overlay(onto: Canvas, canvas: Canvas, radius: number): void {
  const pen = onto.getContext("2d");
  const pixels = radius * onto.width / 100;
  pen.filter = pixels < 0.3 ? "none" : `blur(${pixels}px)`;
  pen.drawImage(canvas, 0, 0, onto.width, onto.height);
  pen.filter = "none";
}
