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
  const [first, second] = bytes;
  if (first === 0xff && second === 0xfe) return { text: decode(bytes, "utf-16le") };
  if (first === 0xfe && second === 0xff) return { text: decode(bytes, "utf-16be") };
  try {
    return { text: decode(bytes, "utf-8", { fatal: true }) };
  } catch {
    return { text: decode(bytes, "windows-1252"), assumed: "Windows-1252" };
  }
}

function decode(
  bytes: Uint8Array<ArrayBuffer>,
  encoding: string,
  options: TextDecoderOptions = {},
): string {
  return new TextDecoder(encoding, options).decode(bytes);
}
