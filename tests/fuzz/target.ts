import { dirname, join } from "@std/path";
import type fc from "fast-check";
import { follow, type Recipe, recipes } from "./mutate.ts";

/** The type of an error. */
// deno-lint-ignore no-explicit-any -- constructors take what they like
export type ErrorType = new (...args: any[]) => Error;

/** A reader of files, and what may come of any of them. */
export interface Target<Input = unknown> {
  readonly name: string;
  /** All inputs there may be; `undefined` where the real files are missing here. */
  inputs(): Promise<fc.Arbitrary<Input> | undefined>;
  /** Reads an input as far as the library does, from files in an empty folder. */
  read(input: Input, folder: string): Promise<void>;
  /** The errors that it may throw. */
  readonly errors: readonly ErrorType[];
  /** What their messages name. */
  readonly names?: RegExp;
}

/** A target that reads one file, made of real ones. */
export function fileTarget(
  { files, file, read, repair = (bytes) => bytes, ...rest }:
    & Pick<Target, "name" | "errors">
    & {
      /** The real files. */
      readonly files: () => Promise<readonly Uint8Array[] | undefined>;
      /** The name that the mutated one gets. */
      readonly file: string;
      readonly read: (path: string, folder: string) => Promise<void>;
      /** Mends a checksum, say, that would refuse most inputs at the door. */
      readonly repair?: (bytes: Uint8Array<ArrayBuffer>) => Uint8Array<ArrayBuffer>;
    },
): Target<Recipe> {
  let known: Promise<readonly Uint8Array[] | undefined> | undefined;
  return {
    ...rest,
    names: new RegExp(file.replaceAll(".", "\\.")),
    inputs: async () => await (known ??= files()) && recipes,
    read: async (recipe, folder) => {
      const bytes = repair(follow(recipe, (await known)!));
      const path = join(folder, file);
      await Deno.mkdir(dirname(path), { recursive: true });
      await Deno.writeFile(path, bytes);
      await read(path, folder);
    },
  };
}

/** Of a folder's files those that a pattern names, small ones first. */
export async function filesOf(
  folder: string,
  pattern: RegExp,
  most = 8,
): Promise<Uint8Array[] | undefined> {
  try {
    const names = await Array.fromAsync(Deno.readDir(folder), ({ name }) => name);
    return await Promise.all(
      names.filter((name) => pattern.test(name)).sort().slice(0, most)
        .map((name) => Deno.readFile(join(folder, name))),
    );
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}
