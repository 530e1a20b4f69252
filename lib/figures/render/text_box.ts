/** The part of a DOM node that measuring text needs. */
export interface PageNode {
  readonly nodeType: number;
  /** The text of a text node. */
  readonly data?: string;
  readonly tagName?: string;
  readonly parentNode: PageNode | null;
  readonly previousSibling: PageNode | null;
  readonly childNodes: Iterable<PageNode>;
  readonly style?: Readonly<Record<string, string>>;
  getAttribute?(name: string): string | null;
  querySelector?(selector: string): PageNode | null;
}

/** Measures the width of a text in pixels; `font` is a CSS font without its family. */
export type MeasureText = (text: string, font: string) => number;

/** A rectangle in pixels, as returned by `getBBox` and `getBoundingClientRect`. */
export interface TextBox {
  readonly x: number;
  readonly y: number;
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
  readonly width: number;
  readonly height: number;
}

const TEXT_NODE = 3;
/** DejaVu's ascent and height, and Plotly's line spacing, in font sizes. */
const ASCENT = 0.93, LINE_HEIGHT = 1.17, LINE_DISTANCE = 1.3;

/** The box of an element's text without its transform; an empty box if it has no text. */
export function textBox(element: PageNode, measure: MeasureText): TextBox {
  const text = isText(element) ? element : element.querySelector?.("text") ?? null;
  if (!text) return box(0, 0, 0, 0);
  const { width, lines } = layOut(text, measure);
  const size = fontSize(text);
  const height = lines === 0 ? 0 : size * (LINE_HEIGHT + (lines - 1) * LINE_DISTANCE);
  const anchor = inherited(text, "textAnchor", "text-anchor");
  const shift = anchor === "middle" ? width / 2 : anchor === "end" ? width : 0;
  return box(position(text, "x") - shift, position(text, "y") - size * ASCENT, width, height);
}

/** The width of an element's longest line. */
export function textLength(element: PageNode, measure: MeasureText): number {
  return layOut(element, measure).width;
}

function layOut(text: PageNode, measure: MeasureText): { width: number; lines: number } {
  const widths = [0];
  let empty = true;
  const visit = (node: PageNode): void => {
    if (node.nodeType === TEXT_NODE) {
      widths[widths.length - 1]! += measure(node.data ?? "", font(node.parentNode));
      empty = false;
      return;
    }
    if (node.getAttribute?.("class") === "line" && node.previousSibling) widths.push(0);
    for (const child of node.childNodes) visit(child);
  };
  visit(text);
  return { width: Math.max(...widths), lines: empty ? 0 : widths.length };
}

function font(element: PageNode | null): string {
  const style = inherited(element, "fontStyle", "font-style") || "normal";
  const weight = inherited(element, "fontWeight", "font-weight") || "400";
  return `${style} ${weight} ${fontSize(element)}px`;
}

function fontSize(element: PageNode | null): number {
  return parseFloat(inherited(element, "fontSize", "font-size")) || 12;
}

/** A property's value on the nearest element that sets it, as a style or as an attribute. */
function inherited(element: PageNode | null, property: string, attribute: string): string {
  for (let at = element; at?.style; at = at.parentNode) {
    const value = at.style[property] || at.getAttribute?.(attribute);
    if (value) return value;
  }
  return "";
}

function isText({ tagName = "" }: PageNode): boolean {
  return ["text", "tspan"].includes(tagName.toLowerCase());
}

function position(element: PageNode, attribute: "x" | "y"): number {
  return parseFloat(element.getAttribute?.(attribute) ?? "") || 0;
}

function box(x: number, y: number, width: number, height: number): TextBox {
  return { x, y, left: x, top: y, right: x + width, bottom: y + height, width, height };
}
