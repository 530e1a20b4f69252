import { resolve, sep } from "@std/path";

/** A call of the system about a file, before it is made. */
export interface FileCall {
  /** Of `Deno`, or of an open file with `file.` before it: `rename`, `file.write`. */
  readonly name: string;
  readonly path: string;
  /** The new path of `rename`. */
  readonly to?: string;
  /** What `file.write` is to write, or the size of what `file.read` is to fill. */
  readonly bytes?: Uint8Array;
  /** The options of `open`. */
  readonly options?: Deno.OpenOptions | undefined;
  readonly file?: Deno.FsFile;
}

/** What is done about the calls. */
export interface Interposer {
  /** Called before each. What it throws is what the call throws. */
  before?(call: FileCall): void | Promise<void>;
  /** Called after each that succeeded, with its result. */
  after?(call: FileCall, result: unknown): void | Promise<void>;
  /** The most bytes that a `file.read` or `file.write` takes. */
  limit?(call: FileCall): number;
}

const functions = [
  ...["open", "readFile", "readTextFile", "writeFile", "writeTextFile", "stat", "lstat", "rename"],
  ...["remove", "mkdir", "realPath", "utime"],
] as const;
const methods = ["syncData", "sync", "seek", "stat", "truncate", "tryLock"] as const;

// deno-lint-ignore no-explicit-any -- the functions of Deno have many signatures
type AnyFunction = (...args: any[]) => any;

/**
 * Puts itself between this process and Deno's asynchronous calls about files at or below a folder, until
 * it is disposed of. Files that were opened before are not seen, nor are Node's and native code's calls.
 */
export function interpose(folder: string, { before, after, limit }: Interposer): Disposable {
  const paths = new WeakMap<Deno.FsFile, string>();
  const undo: (() => void)[] = [];
  const replace = (
    object: object,
    name: string,
    make: (real: AnyFunction) => AnyFunction,
  ): void => {
    const target = object as Record<string, AnyFunction>;
    const real = target[name]!;
    target[name] = make(real);
    undo.push(() => target[name] = real);
  };
  const isBelow = (path: string): boolean => path === folder || path.startsWith(folder + sep);
  const made = async (call: FileCall, work: () => unknown): Promise<unknown> => {
    await before?.(call);
    const result = await work();
    await after?.(call, result);
    return result;
  };
  for (const name of functions) {
    replace(Deno, name, (real) => async (first: string | URL, second?: unknown, ...others) => {
      const path = resolve(String(first));
      const work = (): unknown => real(first, second, ...others);
      if (first instanceof URL || !isBelow(path)) return await work();
      const to = name === "rename" ? { to: resolve(String(second)) } : {};
      const options = name === "open" ? { options: second as Deno.OpenOptions } : {};
      return await made({ name, path, ...to, ...options }, async () => {
        const result = await work();
        if (result instanceof Deno.FsFile) paths.set(result, path);
        return result;
      });
    });
  }
  replace(Deno, "makeTempFile", (real) => async (options: Deno.MakeTempOptions = {}) => {
    const path = options.dir === undefined ? undefined : resolve(options.dir);
    if (path !== undefined && isBelow(path)) await before?.({ name: "makeTempFile", path });
    return await real(options);
  });
  replace(Deno, "readDir", (real) => (path: string) => {
    const full = resolve(path);
    if (!isBelow(full)) return real(path);
    return async function* (): AsyncGenerator<Deno.DirEntry> {
      await before?.({ name: "readDir", path: full });
      yield* real(path);
    }();
  });
  const { prototype } = Deno.FsFile;
  for (const name of methods) {
    replace(
      prototype,
      name,
      (real) =>
        async function (this: Deno.FsFile, ...args: unknown[]): Promise<unknown> {
          const path = paths.get(this);
          if (path === undefined) return await real.apply(this, args);
          const call = { name: `file.${name}`, path, file: this };
          return await made(call, () => real.apply(this, args));
        },
    );
  }
  for (const name of ["read", "write"]) {
    replace(
      prototype,
      name,
      (real) =>
        async function (this: Deno.FsFile, bytes: Uint8Array): Promise<unknown> {
          const path = paths.get(this);
          if (path === undefined) return await real.call(this, bytes);
          const call = { name: `file.${name}`, path, bytes, file: this };
          const part = bytes.subarray(0, limit?.(call) ?? bytes.length);
          return await made({ ...call, bytes: part }, () => real.call(this, part));
        },
    );
  }
  const readable = Object.getOwnPropertyDescriptor(prototype, "readable")!;
  Object.defineProperty(prototype, "readable", {
    configurable: true,
    get(this: Deno.FsFile): ReadableStream<Uint8Array> {
      return paths.has(this) ? streamOf(this) : readable.get!.call(this);
    },
  });
  undo.push(() => Object.defineProperty(prototype, "readable", readable));
  return { [Symbol.dispose]: () => undo.reverse().forEach((restore) => restore()) };
}

/** A stream that reads by calls of `read`, and closes the file as Deno's own does. */
function streamOf(file: Deno.FsFile): ReadableStream<Uint8Array> {
  return new ReadableStream({
    async pull(controller): Promise<void> {
      const bytes = new Uint8Array(65_536);
      const count = await file.read(bytes).catch((error) => {
        file.close();
        throw error;
      });
      if (count !== null) return controller.enqueue(bytes.subarray(0, count));
      file.close();
      controller.close();
    },
    cancel: () => file.close(),
  });
}

/** An error as Deno throws it when the system refuses a call. */
export function systemError(code: "EIO" | "ENOSPC" | "EMFILE"): Error {
  const texts = {
    EIO: "Input/output error (os error 5)",
    ENOSPC: "No space left on device (os error 28)",
    EMFILE: "Too many open files (os error 24)",
  };
  return Object.assign(new Error(texts[code]), { code });
}
