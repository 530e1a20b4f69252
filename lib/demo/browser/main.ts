/// <reference lib="dom" />
import type { Image } from "../../data/dataset.ts";
import { percent } from "../../display/format.ts";
import { overlayHeat } from "../../figures/gallery/heat.ts";
import type { DemoData } from "../demo_data.ts";
import { openCamera } from "./camera.ts";
import { type EngineLabel, startBackend } from "./engine.ts";
import { type Answer, DemoNet } from "./net.ts";
import { pixelsOf, type ReadImage, readImage, withoutAlpha } from "./read_image.ts";
import { readWeights } from "./read_weights.ts";
import { fitPixels, seenPart } from "./fit_pixels.ts";

/** The classes that are shown, and the larger side of the picture in pixels. */
const shownClasses = 5, shownSide = 448;

const find = <Kind extends Element>(selector: string): Kind =>
  document.querySelector<Kind>(selector)!;
const data = JSON.parse(find("#demo-data").textContent!) as DemoData;
const [status, speed, progress] = [
  find("#status"),
  find("#speed"),
  find<HTMLProgressElement>("progress"),
];
const canvas = find<HTMLCanvasElement>("canvas");
const heatSwitch = find<HTMLInputElement>("#heat");
const samples = [...document.querySelectorAll<HTMLButtonElement>(".samples button")];

/** What is shown: a picture and what the net says of it. */
interface Shown {
  readonly image: Image;
  readonly answer: Answer;
}

let engine: EngineLabel | undefined;
let net: DemoNet | undefined;
let shown: Shown | undefined;
let label = 0;
/** The milliseconds from the page's start to the first answer. */
let first: number | undefined;
/** Pictures are answered one after the other. */
let queue: Promise<void> = Promise.resolve();

function tell(text: string, isError = false): void {
  status.textContent = text;
  status.classList.toggle("error", isError);
}

/** Tells other programs in the page, such as tests, the numbers behind what is shown. */
function emit(type: "answer" | "explanation", detail: object): void {
  document.dispatchEvent(new CustomEvent(type, { detail }));
}

/** Answers a picture once those before it are answered. */
function show(name: string, read: () => Promise<ReadImage>, sample?: HTMLButtonElement): void {
  queue = queue.then(async () => {
    try {
      if (!net) return;
      tell(`Looking at ${name} …`);
      await painted();
      const start = performance.now();
      await answer(name, net, await read(), start);
      for (const each of samples) each.ariaPressed = String(each === sample);
    } catch (error) {
      tell(`${name}: ${(error as Error).message}`, true);
    }
  });
}

async function answer(name: string, net: DemoNet, read: ReadImage, start: number): Promise<void> {
  const { pixels, bitmap } = read;
  try {
    const input = fitPixels(pixels, data.fit, read).data;
    const result = await net.predict(new Uint8Array(input));
    const milliseconds = performance.now() - start;
    first ??= performance.now();
    shown?.answer.dispose();
    shown = { image: drawSeen(bitmap), answer: result };
    label = result.probabilities.indexOf(Math.max(...result.probabilities));
    showTop(result);
    await drawPicture();
    const seen = `${data.classes[label]!.name}, ${percent(result.probabilities[label]!)}`;
    tell(`In ${name} the net sees ${seen}.`);
    speed.textContent = `Computed with ${engine} in ${Math.round(milliseconds)} ms. ` +
      `The first answer came ${(first / 1000).toFixed(1)} s after the page was opened.`;
    emit("answer", { name, probabilities: [...result.probabilities], engine, milliseconds, first });
  } finally {
    bitmap.close();
  }
}

/** The part of a picture that the net receives, not stretched. */
function drawSeen(bitmap: ImageBitmap): Image {
  const { left, top, width, height } = seenPart(bitmap, data.fit);
  const scale = shownSide / Math.max(width, height);
  [canvas.width, canvas.height] = [width, height].map((side) =>
    Math.max(1, Math.round(side * scale))
  ) as [number, number];
  const context = canvas.getContext("2d", { willReadFrequently: true })!;
  context.imageSmoothingQuality = "high";
  context.drawImage(bitmap, left, top, width, height, 0, 0, canvas.width, canvas.height);
  const rgba = context.getImageData(0, 0, canvas.width, canvas.height).data;
  return { width: canvas.width, height: canvas.height, data: withoutAlpha(rgba) };
}

/** Draws the picture, with Grad-CAM of the chosen class over it if that is wanted. */
async function drawPicture(): Promise<void> {
  if (!shown) return;
  const { image, answer } = shown;
  const { name } = data.classes[label]!;
  const grid = heatSwitch.checked ? await answer.explain(label) : undefined;
  const drawn = grid ? overlayHeat(image, grid) : image;
  const rgba = new ImageData(image.width, image.height);
  for (let pixel = 0; pixel < image.width * image.height; pixel++) {
    rgba.data.set(drawn.data.subarray(3 * pixel, 3 * pixel + 3), 4 * pixel);
    rgba.data[4 * pixel + 3] = 255;
  }
  canvas.getContext("2d")!.putImageData(rgba, 0, 0);
  canvas.ariaLabel = grid ? `The picture, with what speaks for ${name} colored` : "The picture";
  if (grid) emit("explanation", { label, ...grid, values: [...grid.values] });
  find("#heat-class").textContent = name;
  for (const button of document.querySelectorAll<HTMLButtonElement>(".top button")) {
    button.ariaPressed = String(Number(button.dataset.label) === label);
  }
}

function showTop({ probabilities }: Answer): void {
  const order = [...probabilities.keys()].sort((a, b) => probabilities[b]! - probabilities[a]!);
  const rows = order.slice(0, shownClasses).map((index) => {
    const probability = probabilities[index]!;
    const button = element("button", "");
    button.type = "button";
    Object.assign(button.dataset, { label: index, probability });
    const bar = element("span", "bar"), filled = element("span", "");
    filled.style.width = `${100 * probability}%`;
    bar.append(filled);
    button.append(
      element("span", "name", data.classes[index]!.name),
      element("span", "value", percent(probability)),
      bar,
    );
    button.addEventListener("click", () => {
      label = index;
      queue = queue.then(drawPicture);
    });
    const row = document.createElement("li");
    row.append(button);
    return row;
  });
  find(".top").replaceChildren(...rows);
  find("#result").removeAttribute("hidden");
}

function element<Tag extends "span" | "button">(
  tag: Tag,
  className: string,
  text = "",
): HTMLElementTagNameMap[Tag] {
  return Object.assign(document.createElement(tag), { className, textContent: text });
}

/** Waits until what was written is to be seen: an answer may keep this thread busy. */
function painted(): Promise<void> {
  return new Promise((resolve) => {
    // A hidden page is not painted.
    if (document.hidden) resolve();
    else requestAnimationFrame(() => setTimeout(resolve));
  });
}

function showFiles(files: Iterable<File>): void {
  for (const file of files) show(file.name, () => readImage(file, file.name));
}

function listen(): void {
  const chooser = find<HTMLInputElement>("#file"), input = find(".input");
  chooser.addEventListener("change", () => {
    showFiles([...chooser.files!]);
    chooser.value = ""; // So that the same file can be chosen again.
  });
  addEventListener("paste", ({ clipboardData }) => showFiles(clipboardData?.files ?? []));
  for (const type of ["dragover", "dragleave", "drop"] as const) {
    addEventListener(type, (event) => {
      event.preventDefault();
      input.classList.toggle("over", type === "dragover");
      if (type === "drop") showFiles(event.dataTransfer?.files ?? []);
    });
  }
  for (const button of samples) button.addEventListener("click", () => showSample(button));
  heatSwitch.addEventListener("change", () => {
    queue = queue.then(drawPicture);
  });
  openCamera(
    find("#camera"),
    find("dialog"),
    (bitmap) =>
      show(
        "the camera's picture",
        () => Promise.resolve({ bitmap, pixels: pixelsOf(bitmap), format: "other", turned: false }),
      ),
    (message) => tell(message, true),
  );
}

function showSample(button: HTMLButtonElement): void {
  const { src, alt } = button.querySelector("img")!;
  const bytes = Uint8Array.from(atob(src.split(",")[1]!), (character) => character.charCodeAt(0));
  show(alt, () => readImage(new Blob([bytes]), alt), button);
}

async function start(): Promise<void> {
  try {
    await painted();
    engine = await startBackend(/engine=(\w+)/.exec(location.hash)?.[1]);
    progress.hidden = data.parts === 0;
    net = new DemoNet(
      data,
      await readWeights(data, (fraction) => {
        progress.value = fraction;
        tell(`Reading the weights: ${Math.round(100 * fraction)} %`);
      }),
    );
    progress.hidden = true;
    tell("Ready: choose a picture.");
    for (const control of document.querySelectorAll<HTMLButtonElement>("[disabled]")) {
      control.disabled = false;
    }
    if (samples[0]) showSample(samples[0]);
  } catch (error) {
    progress.hidden = true;
    tell(`The net cannot run here: ${(error as Error).message}`, true);
  }
}

listen();
start();
