import fc from "fast-check";
import type { Bytes } from "../mutate.ts";

/** Tables of words: rows, mostly of one length, with a separator, quotes and ends of lines. */
export function tablesOf(
  heads: readonly string[],
  words: readonly string[],
): fc.Arbitrary<Bytes> {
  const cell = fc.oneof(
    { weight: 8, arbitrary: fc.constantFrom(...words) },
    fc.constantFrom("", " ", '"', '"a', 'a"b', "é", "\u0000", "\x1b[2J", "1e400", "../..", "\r"),
    fc.string({ maxLength: 6 }),
  );
  return fc.record({
    head: fc.option(fc.uniqueArray(fc.constantFrom(...heads), { minLength: 1, maxLength: 4 })),
    columns: fc.integer({ min: 1, max: 4 }),
    rows: fc.array(fc.array(cell, { minLength: 4, maxLength: 4 }), { maxLength: 14 }),
    separator: fc.constantFrom(",", ";", "\t", " "),
    end: fc.constantFrom("\n", "\r\n", "\r"),
    isQuoted: fc.boolean(),
    mark: fc.constantFrom("", "", "", "\ufeff"),
  }).map(({ head, columns, rows, separator, end, isQuoted, mark }) => {
    const count = head?.length ?? columns;
    const shown = (word: string): string => isQuoted ? `"${word.replaceAll('"', '""')}"` : word;
    const lines = [...(head ? [head] : []), ...rows.map((row) => row.slice(0, count))];
    const text = lines.map((line) => line.map(shown).join(separator) + end).join("");
    return new TextEncoder().encode(mark + text);
  });
}
