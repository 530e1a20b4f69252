import { join } from "@std/path";
import type { UnusedFiles } from "../dataset.ts";

/** How many files of each reason are named. */
const maxExamples = 5;

/**
 * Groups the files of a data set that nothing reads by the reason. Hidden files and those that Windows and
 * macOS add to folders do not count.
 *
 * @param root The data set's folder.
 * @param used The files that are read, as paths inside `root` with `/` between their parts.
 * @param reasonOf Why a file is not used, by its path; where it has no answer, the extension says it.
 * @param within The folders inside `root` to look into; by default all.
 */
export async function unusedFiles(
  root: string,
  used: Iterable<string>,
  reasonOf: (path: string) => string | undefined = () => undefined,
  within: readonly string[] = [""],
): Promise<UnusedFiles[]> {
  const known = new Set(used);
  const groups = new Map<string, string[]>();
  for (const folder of within) {
    for await (const path of filesBelow(root, folder, [])) {
      if (known.has(path)) continue;
      const reason = reasonOf(path) ?? reasonOfKind(path);
      const group = groups.get(reason);
      if (group) group.push(path);
      else groups.set(reason, [path]);
    }
  }
  return [...groups].map(([reason, paths]) => ({
    reason,
    count: paths.length,
    examples: paths.sort().slice(0, maxExamples),
  }));
}

const picture = /\.(jpe?g|png|gif|webp|bmp|tiff?|ppm|pgm|pnm)$/i;
const ofTheSystem = /^(\..*|__MACOSX|thumbs\.db|ehthumbs.*\.db|desktop\.ini|icon\r)$/i;

function reasonOfKind(path: string): string {
  return picture.test(path) ? "pictures without a class" : "no pictures";
}

/** @param parents The real paths of the parent folders; a link back to one of them would not end. */
async function* filesBelow(
  root: string,
  inside: string,
  parents: readonly string[],
): AsyncGenerator<string, void, void> {
  const folder = join(root, inside);
  let names: Deno.DirEntry[];
  let realPath: string;
  try {
    realPath = await Deno.realPath(folder);
    names = await Array.fromAsync(Deno.readDir(folder));
  } catch {
    return;
  }
  if (parents.includes(realPath)) return;
  for (const { name, isDirectory, isSymlink } of names) {
    if (ofTheSystem.test(name)) continue;
    const path = inside === "" ? name : `${inside}/${name}`;
    const target = isSymlink ? await Deno.stat(join(root, path)).catch(() => undefined) : undefined;
    if (target?.isDirectory ?? isDirectory) {
      yield* filesBelow(root, path, [...parents, realPath]);
    } else yield path;
  }
}
