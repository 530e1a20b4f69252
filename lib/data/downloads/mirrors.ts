import { basename } from "@std/path";
import { FetchError, type RemoteFile } from "./remote_file.ts";

/** Names a folder on a server that holds copies of the files, by their names; it is asked first. */
export const mirrorVariable = "VGG_MIRROR";

/**
 * Where a file can be had, best first.
 *
 * @throws {FetchError} Where the user's mirror is no address.
 */
export function addressesOf({ url, mirrors = [] }: RemoteFile): string[] {
  const folder = Deno.env.get(mirrorVariable);
  return [...folder ? [inFolder(folder, url)] : [], url, ...mirrors];
}

function inFolder(folder: string, url: string): string {
  const name = basename(new URL(url).pathname);
  const base = folder.endsWith("/") ? folder : `${folder}/`;
  if (/^https?:/.test(folder) && URL.canParse(name, base)) return new URL(name, base).href;
  throw new FetchError(`${mirrorVariable} must be an http or https address. Received: ${folder}`);
}
