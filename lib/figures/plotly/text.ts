/** Widths of characters in font sizes, rounded up from DejaVu Sans; first match counts. */
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
 * About how wide a text is in pixels, without a font at hand: never much less than in truth.
 *
 * @param size The font's size in pixels.
 */
export function textWidth(text: string, size: number): number {
  let sum = 0;
  for (const character of text) {
    sum += widths.find(([characters]) => characters.test(character))?.[1] ?? otherWidth;
  }
  return sum * size;
}

/** The text, or as much of its beginning as fits into a width, with an ellipsis. */
export function shorten(text: string, width: number, size: number): string {
  if (textWidth(text, size) <= width) return text;
  const characters = [...text];
  while (characters.length > 1 && textWidth(characters.join("") + "…", size) > width) {
    characters.pop();
  }
  return characters.join("").trimEnd() + "…";
}

/**
 * Breaks a text at its spaces into lines that fit into a width; a longer word and what is left
 * after the last line are shortened.
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

/** The first of a class's names: ImageNet's are lists of synonyms, `titi, titi monkey`. */
export function firstName(name: string): string {
  return name.split(",")[0]!.trim() || name;
}

/** A text that Plotly shows as it is, for Plotly reads texts as a small HTML. */
export function plain(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}

/** `42.0 %` of 0.42. */
export function formatPercent(fraction: number, digits = 1): string {
  return `${(100 * fraction).toFixed(digits)}\u00a0%`;
}

/** A whole number with thin spaces between its thousands: `138 357 544`. */
export function grouped(count: number): string {
  return String(count).replace(/\B(?=(\d{3})+$)/g, "\u202f");
}

/** A count in short: `138.4 M` of 138 357 544. */
export function compact(count: number): string {
  const step = [[1e9, "G"], [1e6, "M"], [1e3, "k"]] as const;
  const found = step.find(([least]) => count >= least);
  return found ? `${(count / found[0]).toFixed(1)}\u00a0${found[1]}` : String(count);
}
