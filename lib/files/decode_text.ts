/** The text of a file. */
export interface DecodedText {
  readonly text: string;
  /** The encoding that was assumed, if the bytes do not say theirs and are not UTF-8. */
  readonly assumed?: "Windows-1252";
}

/**
 * Decodes the text of a file that any program may have written: UTF-8; UTF-16 if it begins with its mark,
 * as Excel's "Unicode text" does; or Windows-1252, as Excel saves CSV files in Western Europe.
 *
 * @example
 * ```ts
 * import { decodeText } from "./decode_text.ts";
 *
 * decodeText(Uint8Array.of(0x4b, 0xe4, 0x73, 0x65)); // { text: "Käse", assumed: "Windows-1252" }
 * ```
 */
export function decodeText(bytes: Uint8Array<ArrayBuffer>): DecodedText {
  const encoding = unicodeOf(bytes);
  try {
    return { text: new TextDecoder(encoding, { fatal: encoding === "utf-8" }).decode(bytes) };
  } catch {
    return { text: new TextDecoder("windows-1252").decode(bytes), assumed: "Windows-1252" };
  }
}

/** Parses JSON; `undefined` if a text is not JSON. */
export function tryParseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Decodes bytes as Latin-1: each byte is one character. */
export function latin1(bytes: Uint8Array): string {
  return String.fromCharCode(...bytes);
}

/** The encoding that a text in Unicode names by its first two bytes; UTF-8 without a mark. */
export function unicodeOf(bytes: Uint8Array<ArrayBuffer>): "utf-8" | "utf-16le" | "utf-16be" {
  const [first, second] = bytes;
  if (first === 0xff && second === 0xfe) return "utf-16le";
  return first === 0xfe && second === 0xff ? "utf-16be" : "utf-8";
}
