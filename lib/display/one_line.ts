/** The maximum length of a text in a message. */
const maxCharacters = 2000;

/** Line breaks, terminal control characters, and characters that change the writing direction. */
const controls = /[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]/gu;

/**
 * Makes a text safe for a message: one line of limited length without control characters. Messages
 * quote names and values of files, which may be damaged or hostile.
 */
export function oneLine(text: string): string {
  const line = text.slice(0, maxCharacters).replace(/\s*[\r\n]\s*/g, " ")
    .replace(
      controls,
      (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
    );
  const more = text.length - maxCharacters;
  return (more > 0 ? `${line} … (${more} characters more)` : line).toWellFormed();
}
