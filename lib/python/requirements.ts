import { basename, dirname, join } from "@std/path";
import { createHash } from "node:crypto";

/** Packages that are pinned by hashes, with all that they need. */
export interface Requirements {
  /** The name of their folder and of the folder above it. */
  readonly name: string;
  /** The path of `requirements.txt`. */
  readonly path: string;
  readonly sha256: string;
  /** The pins of what is asked for (`name==version`). */
  readonly asked: readonly string[];
  readonly pins: readonly Pin[];
}

/** A package with the version that it must have. */
interface Pin {
  readonly name: string;
  readonly version: string;
  /** Whether it depends on the system or on Python's version if it is installed. */
  readonly isConditional: boolean;
}

/** Reads `requirements.in` and `requirements.txt` of a folder. */
export async function readRequirements(folder: string): Promise<Requirements> {
  const path = join(folder, "requirements.txt");
  const [asked, text] = await Promise.all([
    Deno.readTextFile(join(folder, "requirements.in")),
    Deno.readTextFile(path),
  ]);
  return {
    name: `${basename(dirname(folder))}/${basename(folder)}`,
    path,
    sha256: createHash("sha256").update(text).digest("hex"),
    asked: asked.split(/\r?\n/).filter((line) => /^[^#\s]/.test(line)),
    pins: [...text.matchAll(/^([\w.-]+)==([^\s;]+)(\s*;)?/gm)].map(([, name, version, marker]) => ({
      name: normalize(name!),
      version: version!,
      isConditional: marker !== undefined,
    })),
  };
}

/** Whether installed packages, by name, have versions of the pins, and none is missing. */
export function fits({ pins }: Requirements, installed: ReadonlyMap<string, unknown>): boolean {
  const versions = new Map(
    [...installed].map(([name, version]) => [normalize(name), version]),
  );
  return [...Map.groupBy(pins, ({ name }) => name)].every(([name, same]) => {
    const version = versions.get(name);
    if (version === undefined) return same.every(({ isConditional }) => isConditional);
    return same.some((pin) => pin.version === version);
  });
}

/** A package's name as the index compares it. */
function normalize(name: string): string {
  return name.toLowerCase().replaceAll(/[-_.]+/g, "-");
}
