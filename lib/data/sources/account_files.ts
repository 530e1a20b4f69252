import { relative, resolve } from "@std/path";
import { isWithin } from "../../files/is_within.ts";
import type { Dataset, Split, UnusedFiles } from "../dataset.ts";
import { chain } from "./file_list.ts";
import { isImage } from "./folders.ts";
import type { OpenedDataset } from "./layout.ts";
import { baseOf } from "./listing/walk.ts";
import { unusedFiles } from "./unused_files.ts";

/**
 * Fills in which files of a data set are not used.
 *
 * @param root The folder that the layout opened.
 * @param folder The folder that was given. Where it is around `root`, its other files count too.
 */
export async function withUnused(
  { otherFiles = {}, ...dataset }: OpenedDataset,
  root: string,
  folder: string,
): Promise<Dataset> {
  const unused = dataset.unused ?? await unusedFiles(
    root,
    chain(pathsOf(dataset), otherFiles.read ?? []),
    (path) => reasonOf(path, otherFiles.leftOut),
    { notSelected: otherFiles.notSelected ?? [] },
  );
  return { ...dataset, unused: [...unused, ...await unusedAround(root, folder)] };
}

/** The files of all samples, and of the record files that they are in. */
function* pathsOf({ train, validation, test }: Dataset): Generator<string, void, void> {
  for (const split of [train, validation, ...(test ? [test] : [])]) yield* pathsIn(split);
}

function* pathsIn(split: Split): Generator<string, void, void> {
  for (let index = 0; index < split.length; index++) {
    const path = split.path(index);
    yield path;
    const record = path.search(/#\d+$/);
    if (record > 0) yield path.slice(0, record);
  }
}

/** The reason that is given for an image, or for a folder that it is in. */
function reasonOf(
  path: string,
  reasons: ReadonlyMap<string, string> = new Map(),
): string | undefined {
  if (reasons.size === 0 || !isImage(baseOf(path))) return undefined;
  let end = path.length;
  while (end > 0) {
    const reason = reasons.get(path.slice(0, end));
    if (reason !== undefined) return reason;
    end = path.lastIndexOf("/", end - 1);
  }
  return undefined;
}

/** The files around a data set that lies below the folder that was given. */
async function unusedAround(root: string, folder: string): Promise<UnusedFiles[]> {
  const [outer, own] = [resolve(folder), resolve(root)];
  if (outer === own || !isWithin(own, outer)) return [];
  const inner = relative(outer, own).replaceAll("\\", "/");
  const around = await unusedFiles(folder, [], undefined, { except: inner });
  return around.map(({ reason, ...group }) => ({
    reason: `${reason}, outside of ${inner}`,
    ...group,
  }));
}
