import { type Canvas, createCanvas } from "@napi-rs/canvas";
import type { RandomStream } from "../../random/stream.ts";
import type { Image } from "../dataset.ts";
import { type Camera, develop, randomCamera } from "./camera.ts";
import { companions, type DrawnClass, drawnClasses } from "./classes.ts";
import { randomLight } from "./light.ts";
import { chance, type Pen, pick, within } from "./pen.ts";
import { mirrored, type Scene } from "./scene.ts";
import { dapples, foreground, type PlaceName, places } from "./scenes/places.ts";

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
  const grain = random.integer(0, 2 ** 16 - 1);
  const camera = randomCamera(random);
  const light = randomLight(random);
  const place = pick(random, subject.places);
  const horizon = random.uniform(30, 68);
  const spot = {
    x: Math.max(18, Math.min(82, 50 + random.normal() * 14)),
    y: Math.min(97, horizon + 10 + random.uniform(0.2, 1) * (88 - horizon)),
    scale: Math.exp(random.uniform(-0.9, 0.5)),
    flip: chance(random, 0.5),
  };
  const { film, layer } = openCanvases(size);
  const on = (canvas: Canvas, draw: (scene: Scene) => void): void =>
    frame(canvas, camera, (pen) => draw({ pen, random, light }));

  // The last image must not show through the smooth edges of the first shapes.
  film.getContext("2d").clearRect(0, 0, size, size);
  on(film, (scene) => {
    places[place](scene, horizon);
    if (chance(random, 0.25)) companion(scene, subject, place, spot);
  });
  // A blur fades at the frame's edges, so the sharp image stays below it.
  overlay(film, film, camera.farBlur);
  on(film, (scene) => {
    within(scene.pen, spot, () => subject.draw(spot.flip ? mirrored(scene) : scene));
    if (chance(random, shaded[place])) dapples(scene);
  });
  if (chance(random, 0.6)) {
    layer.getContext("2d").clearRect(0, 0, size, size);
    on(layer, (scene) => foreground(scene, place));
    overlay(film, layer, camera.nearBlur);
  }
  overlay(film, film, camera.blur);
  const pixels = film.getContext("2d").getImageData(0, 0, size, size).data;
  return { width: size, height: size, data: develop(pixels, camera, grain) };
}

/** How often leaves or window bars throw shadows. */
const shaded: Readonly<Record<PlaceName, number>> = {
  room: 0.25,
  hall: 0,
  meadow: 0,
  prairie: 0,
  wood: 0.4,
  canopy: 0.4,
  shore: 0,
  beach: 0,
};

/** Draws a smaller thing of another class behind the subject, on the side where there is more room. */
function companion(
  scene: Scene,
  subject: DrawnClass,
  place: PlaceName,
  { x, y }: { readonly x: number; readonly y: number },
): void {
  const { pen, random } = scene;
  const others = companions[place].filter((id) => id !== subject.id);
  const other = drawnClasses.find(({ id }) => id === others[random.integer(0, others.length - 1)]);
  if (!other) return;
  const spot = {
    x: x + (x > 50 ? -1 : 1) * random.uniform(28, 52),
    y: y - random.uniform(2, 12),
    scale: random.uniform(0.35, 0.6),
  };
  within(pen, spot, () => other.draw(scene));
}

interface Canvases {
  readonly film: Canvas;
  /** The foreground before it is blurred. */
  readonly layer: Canvas;
}

/** The canvases of the last size, reused because most images are drawn at one size. */
let lastCanvases: Canvases | undefined;

function openCanvases(size: number): Canvases {
  if (lastCanvases?.film.width === size) return lastCanvases;
  return lastCanvases = { film: createCanvas(size, size), layer: createCanvas(size, size) };
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

/** Draws a canvas over another or over itself, blurred by a radius in units of the frame. */
function overlay(onto: Canvas, canvas: Canvas, radius: number): void {
  const pixels = radius * onto.width / 100;
  const blurred = pixels >= 0.3;
  if (!blurred && onto === canvas) return;
  const pen = onto.getContext("2d");
  if (blurred) pen.filter = `blur(${pixels}px)`;
  pen.drawImage(canvas, 0, 0);
  pen.filter = "none";
}
