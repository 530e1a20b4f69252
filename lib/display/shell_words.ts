/**
 * Writes words as a shell reads them back: a word with a special character is quoted.
 *
 * @example
 * ```ts
 * import { shellWords } from "./shell_words.ts";
 *
 * shellWords(["train", "--run", "my run"]); // train --run 'my run'
 * ```
 */
export function shellWords(words: readonly string[]): string {
  return words.map((word) =>
    /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`
  ).join(" ");
}
