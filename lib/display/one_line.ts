/** What a message may have of a text that others wrote. */
const mostCharacters = 2000;

/** Line ends, what steers terminals, and what turns the direction of writing. */
const steering = /[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]/gu;

/**
 * A text as one line of bearable length, which a terminal shows as it is: names and values of damaged or
 * hostile files stand in messages.
 */
export function oneLine(text: string): string {
  const line = text.slice(0, mostCharacters).replace(/\s*[\r\n]\s*/g, " ")
    .replace(
      steering,
      (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
    );
  const more = text.length - mostCharacters;
  return (more > 0 ? `${line} … (${more} characters more)` : line).toWellFormed();
}
