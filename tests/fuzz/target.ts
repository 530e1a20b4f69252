import { dirname, join } from "@std/path";
import type fc from "fast-check";
import type { Bytes } from "./mutate.ts";

/** The type of an error. */
// deno-lint-ignore no-explicit-any -- constructors take what they like
export type ErrorType = new (...args: any[]) => Error;

/** A reader of files, and what may come of any of them. */
export interface Target {
  readonly name: string;
  /** Files that are changed to make inputs; `undefined` where the real ones are missing here. */
  seeds(): Promise<readonly Bytes[] | undefined>;
  /** Other inputs, made by a model of the format. */
  readonly model?: fc.Arbitrary<Bytes>;
  /** Reads an input as far as the library does, from files in an empty folder. */
  read(input: Bytes, folder: string): Promise<void>;
  /** The errors that it may throw. */
  readonly errors: readonly ErrorType[];
  /** What their messages name. */
  readonly names?: RegExp;
  /** Where the files lie: in memory, unless other code than Deno's functions reads or writes them. */
  readonly files?: "memory" | "folder";
  /** Whether code of others reads it, which may end the process, and whose memory adds up. */
  readonly isNative?: boolean;
  /** The JSON in an input, and an input with other JSON: its values are changed, too. */
  readonly json?: {
    readonly take: (input: Bytes) => string;
    readonly put: (input: Bytes, text: string) => Bytes;
  };
  /** Mends a checksum, say, that would refuse most inputs at the door. */
  readonly repair?: (input: Bytes) => Bytes;
}

/** A file that is JSON itself. */
export const wholeJson: Required<Target>["json"] = {
  take: (input) => new TextDecoder().decode(input),
  put: (_, text) => new TextEncoder().encode(text),
};

/** A target that reads one file. */
export function fileTarget(
  { file, read, ...rest }: Omit<Target, "read"> & {
    /** The name that the input gets. */
    readonly file: string;
    readonly read: (path: string, folder: string) => Promise<void>;
  },
): Target {
  return {
    names: new RegExp(file.replaceAll(".", "\\.")),
    ...rest,
    read: async (input, folder) => {
      const path = join(folder, file);
      await Deno.mkdir(dirname(path), { recursive: true });
      await Deno.writeFile(path, input);
      await read(path, folder);
    },
  };
}

/** Files by their names. */
export type Files = Readonly<Record<string, Bytes>>;

let madeFolder: string | undefined;

/** Keeps the files that are made for seeds, so that processes need not load what makes them. */
export function keepMade(folder: string): void {
  madeFolder = folder;
}

/** Makes files when they are first asked for, or reads them where a process before has kept them. */
export function madeOnce(name: string, make: () => Promise<Files>): () => Promise<Files> {
  let made: Promise<Files> | undefined;
  const read = async (): Promise<Files> => {
    const path = madeFolder && join(madeFolder, `${name}.json`);
    const kept = path && await Deno.readTextFile(path).catch(() => undefined);
    if (kept) {
      const texts: [string, string][] = Object.entries(JSON.parse(kept));
      return Object.fromEntries(
        texts.map(([name, text]) => [name, Uint8Array.fromBase64(text)]),
      );
    }
    const files = await make();
    const texts = Object.entries(files).map(([name, bytes]) => [name, bytes.toBase64()]);
    if (path) await Deno.writeTextFile(path, JSON.stringify(Object.fromEntries(texts)));
    return files;
  };
  return () => made ??= read();
}

/** Of a folder's files those that a pattern names, small ones first. */
export async function filesOf(
  folder: string,
  pattern: RegExp,
  most = 8,
): Promise<Bytes[] | undefined> {
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
