import * as paths from "@std/path";

/** The functions of a system's paths. */
type Paths = Pick<typeof paths, "isAbsolute" | "relative" | "sep">;

/**
 * Whether a path is that of a folder, or of something in it. Links are not followed.
 *
 * @param system Whose paths they are; by default this system's.
 */
export function isWithin(
  path: string,
  folder: string,
  { isAbsolute, relative, sep }: Paths = paths,
): boolean {
  const way = relative(folder, path);
  // Between two drives of Windows there is no way: it is then the whole path.
  return way.split(sep)[0] !== ".." && !isAbsolute(way);
}
