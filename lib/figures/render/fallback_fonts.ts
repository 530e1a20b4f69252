import { join } from "@std/path";
import { homedir } from "node:os";
import { fontCoverage } from "./font_coverage.ts";

/** Fonts for the characters that a figure's own font lacks. */
export interface FallbackFonts {
  /** The paths of the files. */
  readonly files: readonly string[];
  /** The characters for which no font was found. */
  readonly missing: readonly string[];
}

/** The fonts to take first, as parts of the names of their files: upright ones without serifs. */
const preferred = [
  /NotoSansCJK.*Regular|NotoSans(SC|JP|KR|TC)/i,
  /^(PingFang|msyh|YuGoth|malgun|AppleSDGothicNeo|Hiragino|ヒラギノ)/i,
  /^(SourceHan|wqy|Nanum|ipag|TakaoGothic|DroidSansFallback|Arial ?Unicode|segoeui|seguisym)/i,
  /^NotoSans.*(Regular|VF|\[)/i,
  /Regular/i,
];
const avoided = /serif|mono|bold|black|heavy|italic|oblique|light|thin|condensed|ming|song|mincho/i;

/** The folders in which Linux, macOS and Windows keep fonts. */
function systemFolders(): string[] {
  const home = homedir();
  if (Deno.build.os === "windows") {
    const windows = Deno.env.get("WINDIR") ?? "C:\\Windows";
    return [join(windows, "Fonts"), join(home, "AppData/Local/Microsoft/Windows/Fonts")];
  }
  if (Deno.build.os === "darwin") {
    return ["/System/Library/Fonts", "/Library/Fonts", join(home, "Library/Fonts")];
  }
  const data = Deno.env.get("XDG_DATA_HOME") || join(home, ".local/share");
  return ["/usr/share/fonts", "/usr/local/share/fonts", join(data, "fonts"), join(home, ".fonts")];
}

/**
 * Finds fonts of the system for characters.
 *
 * @param characters Single characters.
 * @param folders Where to look, also in the folders below; by default where the system keeps its fonts.
 */
export async function findFallbackFonts(
  characters: readonly string[],
  folders: readonly string[] = systemFolders(),
): Promise<FallbackFonts> {
  const files: string[] = [];
  let missing = characters;
  const fonts = (await Promise.all(folders.map((folder) => fontsBelow(folder)))).flat()
    .toSorted((one, other) => rank(one.name) - rank(other.name));
  for (const { path } of fonts) {
    if (missing.length === 0) break;
    const hasGlyph = await fontCoverage(path);
    const left = missing.filter((character) => !hasGlyph?.(character.codePointAt(0)!));
    if (left.length < missing.length) files.push(path);
    missing = left;
  }
  return { files, missing };
}

interface Font {
  readonly name: string;
  readonly path: string;
}

async function fontsBelow(folder: string, depth = 0): Promise<Font[]> {
  const fonts: Font[] = [];
  try {
    for await (const { name, isDirectory } of Deno.readDir(folder)) {
      const path = join(folder, name);
      if (isDirectory && depth < 6) fonts.push(...await fontsBelow(path, depth + 1));
      else if (/\.(ttf|otf|ttc)$/i.test(name)) fonts.push({ name, path });
    }
  } catch {
    // The folder is missing, or may not be read.
  }
  return fonts.sort((one, other) => one.path < other.path ? -1 : 1);
}

function rank(name: string): number {
  const place = preferred.findIndex((pattern) => pattern.test(name));
  return (place < 0 ? preferred.length : place) + (avoided.test(name) ? preferred.length + 1 : 0);
}
