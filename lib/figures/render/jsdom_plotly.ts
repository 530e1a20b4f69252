// deno-lint-ignore-file no-explicit-any -- jsdom and Plotly's page code come without types: this file is the boundary to them.
import { createCanvas, GlobalFonts, loadImage } from "@napi-rs/canvas";
import { JSDOM } from "jsdom";
import type { Figure } from "../figure.ts";
import { fallbackFonts, fontFamily, fontFiles } from "./fonts.ts";
import { type MeasureText, type PageNode, type TextBox, textBox, textLength } from "./text_box.ts";

/** Draws a figure as SVG text. */
export type Draw = (figure: Figure, width: number, height: number) => Promise<string>;

/**
 * Loads Plotly into a jsdom page. Skia provides what jsdom lacks: text measurement, 2-D canvases and
 * images. Takes about a second.
 */
export async function loadPlotly(): Promise<Draw> {
  const { window } = new JSDOM("<!DOCTYPE html><body></body>", {
    pretendToBeVisual: true,
    runScripts: "outside-only",
  });
  provideText(window, await fontFiles());
  provideCanvas(window);
  provideImages(window);
  // Plotly's maps create a worker's URL when they load, but no figure here is a map.
  window.URL.createObjectURL = () => "blob:none";
  window.URL.revokeObjectURL = () => {};
  const { default: plotly } = await import("plotly.js-dist", { with: { type: "text" } });
  window.eval(plotly);
  return async (figure, width, height) => {
    const { data, layout } = figure;
    for (const file of await fallbackFonts(JSON.stringify({ data, layout }))) {
      registerFallback(file);
    }
    seedRandom(window);
    // A copy, because Plotly writes into its input.
    const copy = JSON.parse(JSON.stringify({ data, layout }));
    const options = { format: "svg", width, height, imageDataOnly: true };
    return forResvg(await window.Plotly.toImage(copy, options));
  };
}

/** Seeds the page's random numbers, so that the ids in a figure's SVG are the same every time. */
function seedRandom(window: any): void {
  window.eval("{ let s = 1; Math.random = () => (s = s * 48271 % 2147483647) / 2147483647; }");
}

/** Rewrites the parts of Plotly's SVG that resvg does not understand. */
function forResvg(svg: string): string {
  return svg
    .replace(/url\('(#[^']+)'\)/g, "url($1)")
    .replace(
      /style="([^"]*)image-rendering: ?(?:pixelated|crisp-edges)[^"]*"/g,
      'style="$1" image-rendering="optimizeSpeed"',
    );
}

/** The names of the fonts for characters that the main font lacks, by their files. */
const fallbacks = new Map<string, string>();

function registerFallback(file: string): void {
  if (fallbacks.has(file)) return;
  const name = `fallback ${fallbacks.size}`;
  GlobalFonts.registerFromPath(file, name);
  fallbacks.set(file, name);
}

function provideText(window: any, fonts: readonly string[]): void {
  for (const file of fonts) GlobalFonts.registerFromPath(file);
  const context = createCanvas(8, 8).getContext("2d");
  const measure: MeasureText = (text, font) => {
    const families = [fontFamily, ...fallbacks.values()].map((name) => `"${name}"`).join(", ");
    context.font = `${font} ${families}`;
    return context.measureText(text).width;
  };
  window.SVGElement.prototype.getBBox = function (this: PageNode): TextBox {
    return textBox(this, measure);
  };
  window.Element.prototype.getBoundingClientRect = function (this: PageNode): TextBox {
    return textBox(this, measure);
  };
  window.SVGElement.prototype.getComputedTextLength = function (this: PageNode): number {
    return textLength(this, measure);
  };
}

/** Skia's canvases and decoded images by the page's elements. */
const canvases = new WeakMap<object, any>();
const images = new WeakMap<object, any>();

function provideCanvas(window: any): void {
  const { prototype } = window.HTMLCanvasElement;
  prototype.getContext = function (kind: string): any {
    if (kind !== "2d") return null;
    const { width, height } = this;
    const known = canvases.get(this);
    const canvas = known?.width === width && known?.height === height
      ? known
      : createCanvas(width, height);
    canvases.set(this, canvas);
    const context = canvas.getContext("2d");
    const drawImage = context.drawImage.bind(context);
    context.drawImage = (source: any, ...rest: any[]) =>
      drawImage(images.get(source) ?? canvases.get(source) ?? source, ...rest);
    return context;
  };
  prototype.toDataURL = function (type = "image/png"): string {
    return canvases.get(this).toDataURL(type);
  };
}

/** Lets Skia decode the `src` of `new Image()`, which Plotly's image traces use. */
function provideImages(window: any): void {
  window.Image = function (): any {
    const element = window.document.createElement("img");
    const load = (source: string): void => {
      loadImage(source).then((image) => {
        images.set(element, image);
        element.width = image.width;
        element.height = image.height;
        element.onload?.();
      }, (error) => element.onerror?.(error));
    };
    Object.defineProperty(element, "src", { set: load });
    element.setAttribute = (name: string, value: string) => {
      if (name === "src") load(value);
    };
    return element;
  };
}
