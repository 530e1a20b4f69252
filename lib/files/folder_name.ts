import * as paths from "@std/path";

/**
 * The name of a folder: of a whole drive of Windows its letter, of `/` the word `root`.
 *
 * @param system Whose paths it has; by default this system's.
 */
export function folderName(
  path: string,
  { basename, resolve }: Pick<typeof paths, "basename" | "resolve"> = paths,
): string {
  const full = resolve(path);
  return basename(full) || full.replace(/[^\p{L}\p{N}]+/gu, "") || "root";
}
