import { extname, join } from "@std/path";
import type { UnusedFiles } from "../dataset.ts";
import { imageKind } from "../images/kinds.ts";

/** How many files of each reason are named. */
const maxExamples = 5;

/**
 * Groups the files of a data set that nothing reads by the reason. Hidden files and those that Windows and
 * macOS add to folders do not count.
 *
 * @param root The data set's folder.
 * @param used The files that are read, as paths inside `root` with `/` between their parts.
 * @param reasonOf Why a file is not used, by its path; where it has no answer, the extension says it.
 * @param skip The folders, as paths inside `root`, that are not looked into.
 */
export async function unusedFiles(
  root: string,
  used: Iterable<string>,
  reasonOf: (path: string) => string | undefined = () => undefined,
  skip: (folder: string) => boolean = () => false,
): Promise<UnusedFiles[]> {
  const known = new Set(used);
  const groups = new Map<string, string[]>();
  for await (const path of filesBelow(root, "", skip, [])) {
    if (known.has(path)) continue;
    const reason = reasonOf(path) ?? reasonOfKind(path);
    const group = groups.get(reason);
    if (group) group.push(path);
    else groups.set(reason, [path]);
  }
  return [...groups].map(([reason, paths]) => ({
    reason,
    count: paths.length,
    examples: paths.sort().slice(0, maxExamples),
  }));
}

const ofTheSystem = /^(\..*|__MACOSX|thumbs\.db|ehthumbs.*\.db|desktop\.ini|icon\r)$/i;

function reasonOfKind(path: string): string {
  const kind = imageKind(path);
  if (kind === "read") return "pictures without a class";
  return kind ? `${extname(path).toLowerCase()}, a kind that is not read` : "no pictures";
}

/** @param parents The real paths of the parent folders; a link back to one of them would not end. */
async function* filesBelow(
  root: string,
  inside: string,
  skip: (folder: string) => boolean,
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
      if (!skip(path)) yield* filesBelow(root, path, skip, [...parents, realPath]);
    } else yield path;
  }
}
