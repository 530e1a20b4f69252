import { join } from "@std/path";
import type { RandomStream } from "../../lib/random/stream.ts";

/** Whether this program reads a file of a run again: locks, pages and exports for others are not. */
function isRead(path: string): boolean {
  return !/(^|\/)\.[a-z.]*lock$|\.html$|\.onnx$/.test(path);
}

/** Lists the files in a folder and those below it, as paths inside it. */
export function filesBelow(folder: string, parent = ""): string[] {
  const found: string[] = [];
  for (const { name, isDirectory } of Deno.readDirSync(join(folder, parent))) {
    const path = join(parent, name);
    found.push(...isDirectory ? filesBelow(folder, path) : [path]);
  }
  return found.sort();
}

/**
 * Damages a file of a run: flips one bit or a few near each other, writes zeros over a sector, or cuts the
 * end off.
 *
 * @returns What was done.
 */
export async function damage(run: string, random: RandomStream): Promise<string> {
  const files = filesBelow(run).filter(isRead);
  const file = files[random.integer(0, files.length - 1)]!;
  const path = join(run, file);
  let bytes = await Deno.readFile(path);
  if (bytes.length === 0) return `${file} is empty`;
  const at = random.integer(0, bytes.length - 1);
  const kind = random.uniform(0, 1);
  let what: string;
  if (kind < 0.6) {
    const bit = random.integer(0, 7);
    bytes[at]! ^= 1 << bit;
    what = `bit ${bit} of byte ${at} flipped`;
  } else if (kind < 0.75) {
    for (let near = at; near < Math.min(at + 4, bytes.length); near++) {
      bytes[near]! ^= 1 << random.integer(0, 7);
    }
    what = `a bit flipped in each of 4 bytes from ${at}`;
  } else if (kind < 0.9) {
    const start = at - at % 512;
    bytes.fill(0, start, start + 512);
    what = `zeros from byte ${start}`;
  } else {
    bytes = bytes.subarray(0, at);
    what = `cut after ${at} bytes`;
  }
  await Deno.writeFile(path, bytes);
  return `${file}: ${what}`;
}
