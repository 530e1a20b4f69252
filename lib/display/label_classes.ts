import { showControls } from "./foreign_text.ts";

/** A class as a data set or an evaluation names it. */
interface NamedClass {
  readonly id: string;
  readonly name: string;
}

/** A key of WordNet, by which ImageNet calls its classes. Their names are lists of synonyms. */
const synset = /^n\d{8}$/;

/**
 * Replaces the names of classes by labels that are unlike each other: of ImageNet's synonyms
 * (`titi, titi monkey`) the first one, and any other name as it is. A label that several classes have gets
 * the class's id: `crane (n02012849)`. Control characters are shown, see {@linkcode showControls}.
 *
 * @param classes All classes; some of them may not show which labels are used twice.
 *
 * @example
 * ```ts
 * import { labelClasses } from "./label_classes.ts";
 *
 * const classes = [{ id: "n02493509", name: "titi, titi monkey" }, { id: "a, b", name: "a, b" }];
 * labelClasses(classes).map(({ name }) => name); // titi, and a, b
 * ```
 */
export function labelClasses<Class extends NamedClass>(classes: readonly Class[]): Class[] {
  const names = classes.map(({ id, name }) => showControls(firstSynonym(id, name)));
  const counts = new Map<string, number>();
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  return classes.map((each, index) => {
    const [id, name] = [showControls(each.id), names[index]!];
    return { ...each, id, name: counts.get(name)! > 1 && id !== name ? `${name} (${id})` : name };
  });
}

function firstSynonym(id: string, name: string): string {
  return synset.test(id) && id !== name ? name.split(",")[0]!.trim() || name : name;
}

/**
 * Shortens texts that do not fit, so that different texts stay different. A text is cut at its end; where
 * that makes two texts the same, what they have in common at the beginning is left out instead.
 *
 * @param fits Whether a text is short enough. A single character counts as short enough.
 *
 * @example
 * ```ts
 * import { shortenApart } from "./label_classes.ts";
 *
 * const fits = (text: string): boolean => text.length <= 12;
 * shortenApart(["Cherry___healthy", "Cherry___mildew"], fits); // Cher…healthy and Cher…mildew
 * ```
 */
export function shortenApart(
  texts: readonly string[],
  fits: (text: string) => boolean,
): string[] {
  const short = texts.map((text) => cutEnd(text, fits));
  for (const same of collisions(texts, short)) {
    const begin = commonBeginning(same.map((index) => texts[index]!));
    for (const index of same) short[index] = cutMiddle(texts[index]!, begin, fits);
  }
  // Texts that differ in several places may still be the same.
  for (const same of collisions(texts, short)) {
    same.forEach((index, number) => {
      const suffix = ` ${number + 1}`;
      short[index] = cutEnd(short[index]!, (text) => fits(text + suffix)) + suffix;
    });
  }
  return short;
}

/** Groups the different texts that have the same short form, as indices. */
function collisions(texts: readonly string[], short: readonly string[]): number[][] {
  const groups = Map.groupBy(texts.keys(), (index) => short[index]!);
  return [...groups.values()].filter((group) =>
    new Set(group.map((index) => texts[index])).size > 1
  );
}

/** The number of characters that all texts have in common at the beginning. */
function commonBeginning(texts: readonly string[]): number {
  const [first, ...others] = texts.map((text) => [...text]);
  const differs = first!.findIndex((character, at) =>
    others.some((other) => other[at] !== character)
  );
  return differs < 0 ? first!.length : differs;
}

function cutEnd(text: string, fits: (text: string) => boolean): string {
  if (fits(text)) return text;
  const characters = [...text];
  const shown = (length: number): string => characters.slice(0, length).join("").trimEnd() + "…";
  return shown(longest(characters.length - 1, (length) => fits(shown(length))));
}

/** Leaves out the end of the first `begin` characters, and if need be the end of the text. */
function cutMiddle(text: string, begin: number, fits: (text: string) => boolean): string {
  const characters = [...text];
  const rest = characters.slice(begin).join("");
  const shown = (length: number): string => characters.slice(0, length).join("") + "…" + rest;
  const most = longest(begin, (length) => fits(shown(length)));
  if (fits(shown(most))) return shown(most);
  // A few characters of the beginning, so that the text remains recognizable.
  const few = characters.slice(0, Math.min(begin, 4)).join("");
  return cutEnd(`${few}…${rest}`, fits);
}

/** The largest number from 1 to `most` for which `fits` is true, which it is for all smaller ones. */
function longest(most: number, fits: (length: number) => boolean): number {
  let length = Math.max(1, most);
  while (length > 1 && !fits(length)) length--;
  return length;
}
