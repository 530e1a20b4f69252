import { npmFile } from "../../npm_file.ts";
import { findFallbackFonts } from "./fallback_fonts.ts";
import { fontCoverage } from "./font_coverage.ts";

/** The font in which all figures are measured and drawn. */
export const fontFamily = "DejaVu Sans";

/** The paths of the font files: regular, bold, oblique, bold oblique. */
export async function fontFiles(): Promise<string[]> {
  // Deno installs only what some module imports.
  await import("dejavu-fonts-ttf/package.json", { with: { type: "json" } });
  return ["DejaVuSans", "DejaVuSans-Bold", "DejaVuSans-Oblique", "DejaVuSans-BoldOblique"].map(
    (name) => npmFile(`dejavu-fonts-ttf/ttf/${name}.ttf`),
  );
}

/** The characters that were looked for, and the fonts that were found for them. */
const looked = new Set<string>();
const found = new Set<string>();

/**
 * Finds fonts of the system for those characters of a text, such as a figure's JSON, that {@linkcode fontFamily} lacks: Chinese,
 * Japanese, Korean, Devanagari, Thai. Characters that no font has are told once, on the error output.
 *
 * @returns The paths of all fonts that were found so far.
 */
export async function fallbackFonts(text: string): Promise<readonly string[]> {
  const foreign = new Set(text.match(/[^\0-\u02ff\u2000-\u206f\ufe00-\ufe0f]/gu));
  const own = foreign.difference(looked).size > 0
    ? await fontCoverage((await fontFiles())[0]!)
    : undefined;
  const unknown = [...foreign].filter((character) =>
    !looked.has(character) && !own?.(character.codePointAt(0)!)
  );
  for (const character of foreign) looked.add(character);
  if (unknown.length > 0) {
    const { files, missing } = await findFallbackFonts(unknown);
    for (const file of files) found.add(file);
    // deno-lint-ignore no-console -- figures are drawn for programs, notebooks and the command line alike.
    if (missing.length > 0) console.warn(describeMissing(missing));
  }
  return [...found];
}

/** The maximum number of characters that are named. */
const maxNamed = 12;

/** The fonts to install, by the characters that they have. */
const remedies: readonly (readonly [RegExp, string, string])[] = [
  [
    /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\u3000-\u303f\uff00-\uffef]/u,
    "Noto Sans CJK",
    "fonts-noto-cjk",
  ],
  [/\p{Extended_Pictographic}/u, "Symbola", "fonts-symbola"],
  [/[^]/u, "Noto Sans", "fonts-noto-core"],
];

/** Says which characters are boxes in figures, and which font has them. */
export function describeMissing(characters: readonly string[]): string {
  const named = characters.slice(0, maxNamed).join(" ");
  const more = characters.length > maxNamed ? ` and ${characters.length - maxNamed} more` : "";
  const needed = new Set(
    characters.map((each) => remedies.find(([pattern]) => pattern.test(each))!),
  );
  const fonts = [...needed].map(([, font]) => font).join(" and ");
  const packages = [...needed].map(([, , name]) => name).join(" ");
  return `boxes in figures stand for ${named}${more}, which no font here has; install ${fonts} ` +
    `(Debian and Ubuntu: apt install ${packages})`;
}
