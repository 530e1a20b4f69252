import { baseOf, inside } from "./walk.ts";

/** Whether this system takes names for the same that differ in case alone, as it usually does. */
export const ignoresCase: boolean = ["windows", "darwin"].includes(Deno.build.os);

/**
 * Returns a function that spells paths as some others are spelled: a layout that reads `Train/` finds
 * `train/` where the system ignores case, while the folder's list has the name as it is on the disk.
 *
 * @param paths The files that are read, as paths inside the data set.
 */
export function speller(paths: Iterable<string>): (path: string) => string {
  const spellings = new Map<string, string>();
  for (const path of paths) {
    let end = path.length;
    // What was seen was seen with the folders around it.
    while (end > 0 && !spellings.has(path.slice(0, end).toLowerCase())) {
      spellings.set(path.slice(0, end).toLowerCase(), path.slice(0, end));
      end = path.lastIndexOf("/", end - 1);
    }
  }
  const spell = (path: string): string => {
    const known = spellings.get(path.toLowerCase());
    if (known !== undefined || !path.includes("/")) return known ?? path;
    return inside(spell(path.slice(0, path.lastIndexOf("/"))), baseOf(path));
  };
  return spell;
}
