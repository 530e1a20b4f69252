import { showControls } from "../../display/foreign_text.ts";

/** Widths of characters in font sizes, rounded up from DejaVu Sans. The first match counts. */
const widths: readonly (readonly [characters: RegExp, width: number])[] = [
  [/[ijlIJ'|]/, 0.3],
  [/[ .,·\u00a0]/, 0.32],
  [/[frt()[\]\-/:;!"]/, 0.41],
  [/[cszL_]/, 0.56],
  [/[mM]/, 0.97],
  [/[wWOQ%&@+=×→…—]/, 0.9],
  [/[A-Z]/, 0.72],
  [/[\u1100-\uffff]/, 1],
];
const otherWidth = 0.635;

/**
 * Estimates the width of a text in pixels without loading a font. It rarely underestimates.
 *
 * @param size The font size in pixels.
 */
export function textWidth(text: string, size: number): number {
  let sum = 0;
  for (const character of text) {
    sum += widths.find(([characters]) => characters.test(character))?.[1] ?? otherWidth;
  }
  return sum * size;
}

/** Cuts a text to a width in pixels and adds an ellipsis; a text that fits is unchanged. */
export function shorten(text: string, width: number, size: number): string {
  if (textWidth(text, size) <= width) return text;
  const characters = [...text];
  while (characters.length > 1 && textWidth(characters.join("") + "…", size) > width) {
    characters.pop();
  }
  return characters.join("").trimEnd() + "…";
}

/**
 * Breaks a text at spaces into lines that fit into a width in pixels. Words that are too long, and
 * text beyond `maxLines`, are shortened with an ellipsis.
 */
export function wrap(text: string, width: number, size: number, maxLines = Infinity): string[] {
  const lines: string[] = [];
  let line = "";
  const words = text.split(" ");
  for (const [index, word] of words.entries()) {
    const longer = line === "" ? word : `${line} ${word}`;
    if (line === "" || textWidth(longer, size) <= width) {
      line = longer;
      continue;
    }
    if (lines.length === maxLines - 1) {
      line = [line, ...words.slice(index)].join(" ");
      break;
    }
    lines.push(line);
    line = word;
  }
  return [...lines, line].map((line) => shorten(line, width, size));
}

/** Escapes a text for Plotly, which interprets some HTML in texts, and shows control characters. */
export function plain(text: string): string {
  return showControls(text).replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(
    ">",
    "&gt;",
  );
}

/** Formats a fraction as a percentage with a no-break space: 0.42 as `42.0 %`. */
export function formatPercent(fraction: number, digits = 1): string {
  return `${(100 * fraction).toFixed(digits)}\u00a0%`;
}

/** Formats a whole number with thin spaces between thousands: `138 357 544`. */
export function grouped(count: number): string {
  return String(count).replace(/\B(?=(\d{3})+$)/g, "\u202f");
}

/** Formats a count in short: 138 357 544 as `138.4 M`. */
export function compact(count: number): string {
  const units = [[1e9, "G"], [1e6, "M"], [1e3, "k"]] as const;
  const unit = units.find(([factor]) => count >= factor);
  return unit ? `${(count / unit[0]).toFixed(1)}\u00a0${unit[1]}` : String(count);
}
